// ServerUrl: where a nats-server is, and as whom one speaks to it.
//
// Shape     `nats://[user[:password]@]host[:port]`; host is an IP address or `localhost`, the port 4222 where none is given; user and
//           password may be percent-encoded
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "shared/nats/protocol.hpp"
#include "shared/result.hpp"

namespace freshet::nats {

struct ServerUrl {
  std::string host;
  std::uint16_t port = 4222;
  Credentials credentials;
};
[[nodiscard]] Result<ServerUrl> parse_server_url(std::string_view url);

}  // namespace freshet::nats
