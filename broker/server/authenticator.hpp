// Authenticator: who opens a stream, by what the request carries.
//
// Shape     `Authorization: Bearer|Token <jwt>`, else `?ticket=`, else `?token=`, else the cookie `__Host-freshet`. None of them: anonymous.
// Errors    kUnauthenticated when what is carried is not believed or was taken back (standing.hpp), also where no login is needed: who shows a
//           token means to be known
// Bounds    a ticket is spent by its first use; spent ones are remembered for as long as they would be valid
// Threads   any
// Source    CONTRACT 1 (authentication), DESIGN "Tickets"
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "broker/http/request_parser.hpp"
#include "broker/server/settings.hpp"
#include "broker/server/standing.hpp"
#include "shared/auth/jwt.hpp"
#include "shared/clock.hpp"

namespace freshet::broker {

class Authenticator {
 public:
  [[nodiscard]] static Result<TokenVerifier> make_verifier(const Settings& settings);

  Authenticator(TokenVerifier verifier, const Standing& standing, const Clock& clock)
      : verifier_(std::move(verifier)), standing_(standing), clock_(clock) {}

  // Whom the stream would belong to, or nothing for an anonymous request. A ticket's stream lasts as long as an access token got with it would.
  [[nodiscard]] Result<std::optional<Holder>> identify(const Request& request);
  // Whose access token this is.
  [[nodiscard]] Result<Holder> identify_token(std::string_view token) const;

 private:
  [[nodiscard]] Result<Holder> by_token(std::string_view token) const;
  [[nodiscard]] Result<Holder> unless_revoked(Result<Holder> holder) const;
  [[nodiscard]] Result<Holder> by_ticket(std::string_view ticket);

  const TokenVerifier verifier_;
  const Standing& standing_;
  const Clock& clock_;
  std::mutex mutex_;
  std::map<std::string, WallTime> spent_;  // ticket id -> when it would have expired
};

}  // namespace freshet::broker
