#include "tests/simulation/broker/reader.hpp"

#include "shared/check.hpp"
#include "shared/json.hpp"

namespace freshet::simulation {
namespace {

StreamEvent read_event(std::string_view text) {
  StreamEvent event;
  while (!text.empty()) {
    const auto end = text.find('\n');
    const auto line = text.substr(0, end);
    if (line.starts_with("id: ")) event.position = line.substr(4);
    if (line.starts_with("event: ")) event.type = line.substr(7);
    if (line.starts_with("data: ")) event.data += line.substr(6);
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
  }
  return event;
}

StreamEvent read_message(std::string json) {
  const auto message = parse_json_object(json).value();
  StreamEvent event{json_text_or(message, "position", ""), json_text_or(message, "type", ""), std::move(json)};
  if (event.type.starts_with("course_")) event.type.clear();
  return event;
}

}  // namespace

std::vector<StreamEvent> Reader::feed(std::string_view bytes) {
  std::vector<StreamEvent> out;
  buffer_ += bytes;
  if (in_head_) {
    const auto end = buffer_.find("\r\n\r\n");
    if (end == std::string::npos) return out;
    buffer_.erase(0, end + 4);
    in_head_ = false;
  }
  take(buffer_, out);
  return out;
}

void SseReader::take(std::string& buffer, std::vector<StreamEvent>& out) {
  for (auto end = buffer.find("\n\n"); end != std::string::npos; end = buffer.find("\n\n")) {
    StreamEvent event = read_event(std::string_view(buffer).substr(0, end));
    if (!event.data.empty()) out.push_back(std::move(event));
    buffer.erase(0, end + 2);
  }
}

// RFC 6455 5.2: a server's frames are whole messages and not masked.
void SocketReader::take(std::string& buffer, std::vector<StreamEvent>& out) {
  const auto byte = [&](std::size_t at) { return static_cast<std::uint64_t>(static_cast<unsigned char>(buffer[at])); };
  while (buffer.size() >= 2) {
    std::size_t head = 2;
    std::uint64_t length = byte(1);
    if (length >= 126) {
      head += length == 126 ? 2 : 8;
      if (buffer.size() < head) return;
      length = 0;
      for (std::size_t i = 2; i < head; ++i) length = length << 8 | byte(i);
    }
    if (buffer.size() < head + length) return;
    const std::uint64_t first = byte(0);
    std::string payload = buffer.substr(head, length);
    buffer.erase(0, head + length);
    FRESHET_CHECK((first & 0xB0) == 0x80);
    if ((first & 0x40) != 0) {
      std::string inflated;
      FRESHET_CHECK(inflater_.inflate(payload, inflated, 1 << 20) == broker::websocket::Inflater::Outcome::kDone);
      payload = std::move(inflated);
    }
    switch (first & 0x0F) {
      case 1:
        out.push_back(read_message(std::move(payload)));
        break;
      case 8:
        out.push_back({"", "close", std::move(payload)});
        break;
      case 9:
        out.push_back({"", "ping", std::move(payload)});
        break;
      default:
        FRESHET_CHECK((first & 0x0F) == 10);
        out.push_back({"", "pong", std::move(payload)});
    }
  }
}

}  // namespace freshet::simulation
