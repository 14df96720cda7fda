// NatsWire: what the log side of the broker needs of NATS, and nothing else: messages in, messages out.
//
// Shape     one inbox: what is sent with a reply subject `<inbox>.<anything>` is answered by a NatsMessage with that subject.
//           Requests and direct gets are built on this; a consumer delivers to a subject of its own, since the server looks for
//           interest in exactly that subject, and a wildcard is none. So a test, or the simulation, can be the server.
// Errors    publish() does not say whether the message left: what is not answered in time is asked again
// Threads   belongs to the log loop
#pragma once

#include <string>
#include <string_view>

#include "shared/headers.hpp"

namespace freshet::broker {

struct NatsMessage {
  std::string subject;
  std::string reply;
  HeaderList headers;  // a status line (`NATS/1.0 100 FlowControl Request`) is the headers `Status` and `Description`
  std::string payload;

  [[nodiscard]] std::string_view header(std::string_view name) const {
    const std::string* value = find_header(headers, name);
    return value != nullptr ? std::string_view(*value) : std::string_view();
  }
  [[nodiscard]] std::size_t bytes() const;
};

class NatsWire {
 public:
  virtual ~NatsWire() = default;
  [[nodiscard]] virtual std::string_view inbox() const = 0;
  // Receives what comes to `subject` from now on, and no longer what came to the one before.
  virtual void receive_deliveries(std::string_view subject) = 0;
  virtual void publish(std::string_view subject, std::string_view reply, std::string_view payload) = 0;
};

}  // namespace freshet::broker
