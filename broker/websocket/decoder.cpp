#include "broker/websocket/decoder.hpp"

#include <algorithm>

#include "shared/limits.hpp"

namespace freshet::broker::websocket {

Decoder::Outcome Decoder::next(std::string_view& bytes, Event& event, Failure& failure) {
  const auto fail = [&] {
    place_ = Place::kOver;
    return Outcome::kFailed;
  };
  for (;;) {
    if (place_ == Place::kOver) bytes = {};
    if (place_ == Place::kHead && !read_head(bytes, failure)) return fail();
    if (place_ != Place::kPayload) return Outcome::kMore;
    if (!take_payload(bytes, failure)) return fail();
    if (left_ > 0) return Outcome::kMore;
    place_ = Place::kHead;
    head_size_ = 0;
    const Outcome outcome = end_frame(event, failure);
    if (outcome == Outcome::kFailed) return fail();
    if (outcome == Outcome::kEvent) return outcome;
  }
}

// ---------------------------------------------------------------- the head of a frame

// False when it is none that may come here. Each byte is judged when it is there, so slicing changes nothing.
bool Decoder::read_head(std::string_view& bytes, Failure& failure) {
  while (!bytes.empty() && place_ == Place::kHead) {
    head_[head_size_++] = static_cast<std::uint8_t>(bytes.front());
    bytes.remove_prefix(1);
    std::string_view wrong;
    if (head_size_ == 1) wrong = check_first_byte();
    if (head_size_ == 2) wrong = check_second_byte();
    if (!wrong.empty()) {
      failure = {close::kProtocolError, wrong};
      return false;
    }
    if (head_size_ >= 2 && head_size_ == 2 + length_bytes() && !begin_payload(failure)) return false;
    if (head_size_ >= 2 && head_size_ == 2 + length_bytes() + 4) place_ = Place::kPayload;
  }
  return true;
}

std::string_view Decoder::check_first_byte() const {
  const unsigned first = head_[0];
  const bool in_message = message_opcode_ != Opcode::kContinuation;
  if (!is_opcode(first & 0x0F)) return "an opcode that is reserved";
  if ((first & 0x30) != 0) return "a reserved bit is set";
  const bool first_of_message = opcode() == Opcode::kText || opcode() == Opcode::kBinary;
  if ((first & 0x40) != 0 && (inflater_ == nullptr || !first_of_message)) return "RSV1 is set where nothing is compressed";
  if (is_control(opcode())) return is_final() ? "" : "a control frame in fragments";
  if (first_of_message && in_message) return "a new message inside another";
  if (!first_of_message && !in_message) return "a continuation of nothing";
  return "";
}

std::string_view Decoder::check_second_byte() const {
  if ((head_[1] & 0x80) == 0) return "a client's frames are masked";
  if (is_control(opcode()) && (head_[1] & 0x7F) > kControlBytes) return "a control frame of more than 125 bytes";
  return "";
}

std::size_t Decoder::length_bytes() const {
  const unsigned length = head_[1] & 0x7F;
  return length == 127 ? 8 : length == 126 ? 2 : 0;
}

bool Decoder::begin_payload(Failure& failure) {
  std::uint64_t length = head_[1] & 0x7F;
  if (const std::size_t more = length_bytes(); more > 0) {
    length = 0;
    for (std::size_t i = 0; i < more; ++i) length = length << 8 | head_[2 + i];
    if (length < (more == 2 ? 126u : 65'536u) || length >> 63 != 0) {
      failure = {close::kProtocolError, "a length that is not written in its shortest form"};
      return false;
    }
  }
  if (!is_control(opcode())) {
    if (length > limits::kWebSocketMessageBytes - message_.size()) {
      failure = {close::kTooBig, "a message is at most 64 KiB"};
      return false;
    }
    if (opcode() != Opcode::kContinuation) {
      message_opcode_ = opcode();
      compressed_ = (head_[0] & 0x40) != 0;
      utf8_ = {};
    }
  }
  left_ = static_cast<std::uint32_t>(length);
  mask_at_ = 0;
  return true;
}

// ---------------------------------------------------------------- payloads

bool Decoder::take_payload(std::string_view& bytes, Failure& failure) {
  std::string& out = is_control(opcode()) ? control_ : message_;
  const std::size_t from = out.size();
  const std::size_t count = std::min<std::size_t>(left_, bytes.size());
  const std::uint8_t* mask = head_.data() + 2 + length_bytes();
  out.append(bytes.substr(0, count));
  for (std::size_t i = from; i < out.size(); ++i) out[i] = static_cast<char>(out[i] ^ mask[mask_at_++ & 3]);
  bytes.remove_prefix(count);
  left_ -= static_cast<std::uint32_t>(count);
  const bool text = !is_control(opcode()) && message_opcode_ == Opcode::kText && !compressed_;
  if (!text || utf8_.feed(std::string_view(out).substr(from))) return true;
  failure = {close::kBadData, "text that is not UTF-8"};
  return false;
}

Decoder::Outcome Decoder::end_frame(Event& event, Failure& failure) {
  if (is_control(opcode())) return end_control(event, failure);
  return is_final() ? end_message(event, failure) : Outcome::kMore;
}

Decoder::Outcome Decoder::end_message(Event& event, Failure& failure) {
  const bool text = message_opcode_ == Opcode::kText;
  message_opcode_ = Opcode::kContinuation;
  event = {text ? Event::Kind::kText : Event::Kind::kBinary, std::move(message_), close::kNone};
  message_ = {};
  if (compressed_) {
    std::string inflated;
    const auto outcome = inflater_->inflate(event.payload, inflated, limits::kWebSocketMessageBytes);
    if (outcome == Inflater::Outcome::kTooBig) {
      failure = {close::kTooBig, "a message is at most 64 KiB"};
      return Outcome::kFailed;
    }
    if (outcome == Inflater::Outcome::kBroken) {
      failure = {close::kBadData, "a message that does not inflate"};
      return Outcome::kFailed;
    }
    event.payload = std::move(inflated);
  }
  const bool whole = compressed_ ? utf8_length(event.payload).has_value() : utf8_.complete();
  if (!text || whole) return Outcome::kEvent;
  failure = {close::kBadData, "text that is not UTF-8"};
  return Outcome::kFailed;
}

// RFC 6455 5.5.1: a Close frame is empty, or a code and a reason.
Decoder::Outcome Decoder::end_control(Event& event, Failure& failure) {
  using Kind = Event::Kind;
  const Kind kind = opcode() == Opcode::kPing ? Kind::kPing : opcode() == Opcode::kPong ? Kind::kPong : Kind::kClose;
  event = {kind, std::move(control_), close::kNone};
  control_ = {};
  if (kind != Kind::kClose) return Outcome::kEvent;
  place_ = Place::kOver;
  if (event.payload.empty()) return Outcome::kEvent;
  const auto byte = [&](std::size_t at) { return static_cast<unsigned>(static_cast<unsigned char>(event.payload[at])); };
  const unsigned code = event.payload.size() < 2 ? 0 : byte(0) << 8 | byte(1);
  if (!is_close_code(code)) {
    failure = {close::kProtocolError, "a close code that may not be sent"};
    return Outcome::kFailed;
  }
  event.close_code = static_cast<std::uint16_t>(code);
  event.payload.erase(0, 2);
  if (utf8_length(event.payload)) return Outcome::kEvent;
  failure = {close::kBadData, "a close reason that is not UTF-8"};
  return Outcome::kFailed;
}

}  // namespace freshet::broker::websocket
