// SseReader: a client's side of a stream: the head, then events, bytes in.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace freshet::simulation {

struct SseEvent {
  std::string id;  // of this event; empty when it has none
  std::string type;
  std::string data;
};

class SseReader {
 public:
  [[nodiscard]] std::vector<SseEvent> feed(std::string_view bytes);

 private:
  std::string buffer_;
  bool in_head_ = true;
};

}  // namespace freshet::simulation
