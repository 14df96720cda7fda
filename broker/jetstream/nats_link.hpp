// NatsLink: the one connection to NATS, by cnats; the only place that knows nats.h.
//
// Shape     messages of the inbox and of the followed subjects, and the comings and goings of the connection, are handed to an
//           Inlet; publish() and subscriptions go out. Everything that waits for an answer is built on the inbox (NatsWire).
// Errors    the connection is tried again for ever; a wrong address or password looks the same as no server, and the log says which
// Threads   the library's threads call the Inlet and do nothing else. publish() belongs to the log loop.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "broker/log/nats_wire.hpp"
#include "shared/result.hpp"

namespace freshet::broker {

class NatsInlet {
 public:
  virtual ~NatsInlet() = default;
  virtual void on_nats_message(NatsMessage message) = 0;
  virtual void on_nats_connected() = 0;
  virtual void on_nats_disconnected() = 0;
  // The library has given up (refused credentials): reopen() later.
  virtual void on_nats_closed() = 0;
};

struct NatsLinkSettings {
  std::string url;
  std::string name;                   // shown in the server's monitoring
  std::string inbox;                  // `_INBOX_broker.<unguessable>`; a consumer delivers beside it, to `<inbox>-log.<n>`
  std::vector<std::string> subjects;  // followed beside the inbox
};

class NatsLink : public NatsWire {
 public:
  // Connects, anew if there was a connection; waits a moment at most, on_nats_connected() says when it is there. After a failure,
  // and after on_nats_closed(), the caller tries again later.
  [[nodiscard]] virtual Result<void> reopen() = 0;
};

// At its end no thread of the library is left. At most one exists at a time.
[[nodiscard]] std::unique_ptr<NatsLink> make_nats_link(NatsLinkSettings settings, NatsInlet& inlet);

// The inbox prefix that the user of `url` is allowed: `_INBOX_<user>`, or `_INBOX` without one.
[[nodiscard]] std::string inbox_prefix(std::string_view url);

}  // namespace freshet::broker
