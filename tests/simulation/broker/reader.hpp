// Readers: a client's side of a stream: the head, then what the broker says, bytes in. One for SSE, one for a WebSocket.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "broker/websocket/deflate.hpp"

namespace freshet::simulation {

struct StreamEvent {
  std::string position;  // of this event; empty when it has none
  std::string type;      // empty for an event of the log
  std::string data;
};

class Reader {
 public:
  virtual ~Reader() = default;
  [[nodiscard]] std::vector<StreamEvent> feed(std::string_view bytes);

 protected:
  // Takes what is whole from the front of `buffer`.
  virtual void take(std::string& buffer, std::vector<StreamEvent>& out) = 0;

 private:
  std::string buffer_;
  bool in_head_ = true;
};

class SseReader final : public Reader {
  void take(std::string& buffer, std::vector<StreamEvent>& out) override;
};

// Understands the frames of a server, compressed or not. A Ping, a Pong and a Close are events of type `ping`, `pong`, `close`.
class SocketReader final : public Reader {
  void take(std::string& buffer, std::vector<StreamEvent>& out) override;
  broker::websocket::Inflater inflater_;
};

}  // namespace freshet::simulation
