// WebSocketConnection: what a client says on its socket, and what is to be done about it. No sockets, no clock.
//
// Shape     next() until it says nothing: then all bytes were taken. `ping` is answered with `pong`, `auth` hands its token over; what
//           is no message that is known here is answered with `error`, and the connection lives.
// Order     of what the client said
// Errors    what the protocol forbids, and the client's own Close, end in Leave: the Close frame to be said last
// Source    CONTRACT 8; RFC 6455 5.5, 7
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "broker/websocket/decoder.hpp"
#include "shared/clock.hpp"

namespace freshet::broker {

class WebSocketConnection {
 public:
  struct Nothing {};  // a Pong: the client is there
  struct Say {
    std::string bytes;
  };
  struct SayError {
    std::string bytes;
  };
  struct Renew {
    std::string token;
  };
  struct Leave {
    std::string bytes;
    bool protocol_error;  // otherwise the client wants to go
  };
  using Reaction = std::variant<Nothing, Say, SayError, Renew, Leave>;

  explicit WebSocketConnection(websocket::Inflater* inflater) : decoder_(inflater) {}
  // Takes from the front of `bytes`.
  [[nodiscard]] std::optional<Reaction> next(std::string_view& bytes, WallTime now);

 private:
  websocket::Decoder decoder_;
};

}  // namespace freshet::broker
