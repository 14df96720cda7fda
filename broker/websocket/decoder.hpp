// Decoder: what a client says on a WebSocket: bytes in, messages and control frames out. No sockets, no clock.
//
// Shape     next() until it says kMore: then all bytes were taken. Fragments are joined; control frames between them come at
// once. Slicing   the same bytes give the same events, however they are cut Bounds    a message is at most
// limits::kWebSocketMessageBytes, as sent and inflated; the length that a frame announces counts, so
//           nothing is kept of one that is too big. An idle decoder owns no memory.
// Errors    kFailed says the code to close with: 1002 what RFC 6455 forbids, 1007 text that is not UTF-8 or does not inflate,
// 1009
//           too big. Then, and behind a Close frame, everything that follows is ignored.
// Strict    frames are masked; RSV bits are only set where an extension says so; lengths are written as short as they can be
// Source    RFC 6455 5.2 to 5.5, 7.4, 8.1; RFC 7692 7.2.2
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "broker/websocket/deflate.hpp"
#include "broker/websocket/protocol.hpp"
#include "shared/text.hpp"

namespace freshet::broker::websocket {

struct Event {
  enum class Kind : std::uint8_t { kText, kBinary, kPing, kPong, kClose };
  Kind kind = Kind::kText;
  std::string payload;                      // of a Close frame: the reason
  std::uint16_t close_code = close::kNone;  // of a Close frame
};

struct Failure {
  std::uint16_t close_code = close::kProtocolError;
  std::string_view reason;  // static text
};

class Decoder {
 public:
  enum class Outcome : std::uint8_t { kMore, kEvent, kFailed };

  // `inflater` may be shared by the decoders of one thread and outlives them; null when compression was not agreed on.
  explicit Decoder(Inflater* inflater) : inflater_(inflater) {}

  // Takes from the front of `bytes`.
  [[nodiscard]] Outcome next(std::string_view& bytes, Event& event, Failure& failure);

 private:
  enum class Place : std::uint8_t { kHead, kPayload, kOver };

  [[nodiscard]] bool read_head(std::string_view& bytes, Failure& failure);
  [[nodiscard]] std::string_view check_first_byte() const;
  [[nodiscard]] std::string_view check_second_byte() const;
  [[nodiscard]] bool begin_payload(Failure& failure);
  [[nodiscard]] std::size_t length_bytes() const;
  [[nodiscard]] bool take_payload(std::string_view& bytes, Failure& failure);
  [[nodiscard]] Outcome end_frame(Event& event, Failure& failure);
  [[nodiscard]] Outcome end_message(Event& event, Failure& failure);
  [[nodiscard]] Outcome end_control(Event& event, Failure& failure);
  [[nodiscard]] Opcode opcode() const { return static_cast<Opcode>(head_[0] & 0x0F); }
  [[nodiscard]] bool is_final() const { return (head_[0] & 0x80) != 0; }

  Inflater* inflater_;
  std::array<std::uint8_t, 14> head_{};  // of the current frame: 2 bytes, up to 8 of length, 4 of mask
  std::uint8_t head_size_ = 0;
  std::uint8_t mask_at_ = 0;
  Place place_ = Place::kHead;
  Opcode message_opcode_ = Opcode::kContinuation;  // of the message under way; kContinuation: none
  bool compressed_ = false;
  Utf8Check utf8_;
  std::uint32_t left_ = 0;  // payload bytes of the frame that have not come
  std::string message_;
  std::string control_;
};

}  // namespace freshet::broker::websocket
