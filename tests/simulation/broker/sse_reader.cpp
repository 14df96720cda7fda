#include "tests/simulation/broker/sse_reader.hpp"

namespace freshet::simulation {
namespace {

SseEvent read_event(std::string_view text) {
  SseEvent event;
  while (!text.empty()) {
    const auto end = text.find('\n');
    const auto line = text.substr(0, end);
    if (line.starts_with("id: ")) event.id = line.substr(4);
    if (line.starts_with("event: ")) event.type = line.substr(7);
    if (line.starts_with("data: ")) event.data += line.substr(6);
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
  }
  return event;
}

}  // namespace

std::vector<SseEvent> SseReader::feed(std::string_view bytes) {
  std::vector<SseEvent> out;
  buffer_ += bytes;
  if (in_head_) {
    const auto end = buffer_.find("\r\n\r\n");
    if (end == std::string::npos) return out;
    buffer_.erase(0, end + 4);
    in_head_ = false;
  }
  for (auto end = buffer_.find("\n\n"); end != std::string::npos; end = buffer_.find("\n\n")) {
    SseEvent event = read_event(std::string_view(buffer_).substr(0, end));
    if (!event.data.empty()) out.push_back(std::move(event));
    buffer_.erase(0, end + 2);
  }
  return out;
}

}  // namespace freshet::simulation
