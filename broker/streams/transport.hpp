// Transport: how a stream says what it says of itself: one way on SSE, one on a WebSocket. What the log says lies in frames of its format.
//
// Shape     pure functions: text in, bytes out. An empty answer means that this transport has no words for it.
// Source    CONTRACT 8
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "broker/fanout/frame.hpp"
#include "broker/fanout/notification.hpp"
#include "broker/log/ports.hpp"
#include "shared/clock.hpp"

namespace freshet::broker {

// Why a stream ends. SSE has words only for when to come back.
struct Farewell {
  std::uint16_t close_code;  // RFC 6455 7.4 and CONTRACT 8
  std::string_view reason;   // ASCII, at most 123 bytes
  std::chrono::milliseconds retry{0};
};

class Transport {
 public:
  // In rounds of Streams::kKeepAliveTicks.
  struct Rounds {
    std::uint8_t between_keep_alives;
    std::uint8_t of_silence_max;  // the client is gone when it has said nothing for so long; 0: clients never say anything
  };

  virtual ~Transport() = default;
  [[nodiscard]] virtual Rounds rounds() const = 0;
  // The first bytes of every stream, before its opening is known.
  [[nodiscard]] virtual std::string hello(std::chrono::milliseconds retry) const = 0;
  [[nodiscard]] virtual std::string opening(std::string_view position, WallTime now) const = 0;
  [[nodiscard]] virtual std::string reset(std::string_view position, std::string_view reason, WallTime now) const = 0;
  [[nodiscard]] virtual std::string keep_alive(std::string_view position, WallTime now) const = 0;
  // The same while the stream is catching up, and perhaps not open yet: nothing that a client would take for an event.
  [[nodiscard]] virtual std::string waiting() const = 0;
  [[nodiscard]] virtual std::string link(Link link, WallTime now) const = 0;
  [[nodiscard]] virtual std::string notification(const Notification& notification) const = 0;
  [[nodiscard]] virtual std::string farewell(const Farewell& farewell) const = 0;
};

[[nodiscard]] const Transport& transport_of(Format format);

}  // namespace freshet::broker
