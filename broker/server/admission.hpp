// Admission: who may open a stream now. The same for every transport; how a refusal is said is the transport's.
//
// Errors    kForbidden (a page of another origin, or not staff), kUnauthenticated, kTooManyRequests (a cap). In this order, so that nobody
//           learns of caps who may not know.
// Threads   any
// Source    CONTRACT 1 (authentication), 8 (limits, origins)
#pragma once

#include <netinet/in.h>

#include <optional>
#include <string>

#include "broker/http/request_parser.hpp"
#include "broker/server/authenticator.hpp"
#include "broker/server/caps.hpp"
#include "broker/server/endpoints.hpp"

namespace freshet::broker {

// What an open stream holds; given back with it.
struct Admitted {
  std::optional<Holder> holder;  // none: anonymous
  Caps::Place of_ip;
  Caps::Place of_user;
};

class Admission {
 public:
  Admission(const Settings& settings, Caps& per_ip, Caps& per_user, Authenticator& authenticator)
      : settings_(settings), per_ip_(per_ip), per_user_(per_user), authenticator_(authenticator) {}

  [[nodiscard]] OriginCheck origin_of(const Request& request) const {
    return check_origin(request.header("Origin"), request.header("Host"), settings_.allowed_origins);
  }
  // Who asks, and whether he may follow this endpoint. Spends a ticket.
  [[nodiscard]] Result<std::optional<Holder>> identify(const Request& request, const Endpoint& endpoint);
  // A place for him. `peer` is where the connection comes from.
  [[nodiscard]] Result<Admitted> admit(const Request& request, in_addr peer, std::optional<Holder> holder);
  // Whose a new token on an open stream is: the same user's as before, or the first one's, who then takes a place.
  [[nodiscard]] Result<Holder> renew(std::string_view token, const Holder* before, Caps::Place& of_user);

 private:
  [[nodiscard]] std::string address_of(const Request& request, in_addr peer) const;

  const Settings& settings_;
  Caps& per_ip_;
  Caps& per_user_;
  Authenticator& authenticator_;
};

}  // namespace freshet::broker
