// Authenticator: who opens a stream, by what the request carries.
//
// Shape     `Authorization: Bearer|Token <jwt>`, else `?ticket=`, else `?token=`, else the cookie `__Host-freshet`. None of them: anonymous.
// Errors    kUnauthenticated when what is carried is not believed, also where no login is needed: who shows a token means to be known
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
#include "shared/auth/jwt.hpp"
#include "shared/clock.hpp"

namespace freshet::broker {

class Authenticator {
 public:
  [[nodiscard]] static Result<TokenVerifier> make_verifier(const Settings& settings);

  Authenticator(TokenVerifier verifier, const Clock& clock) : verifier_(std::move(verifier)), clock_(clock) {}

  // The user's key for the caps, or nothing for an anonymous request.
  [[nodiscard]] Result<std::optional<std::string>> identify(const Request& request);

 private:
  [[nodiscard]] Result<std::optional<std::string>> by_token(std::string_view token);
  [[nodiscard]] Result<std::optional<std::string>> by_ticket(std::string_view ticket);

  const TokenVerifier verifier_;
  const Clock& clock_;
  std::mutex mutex_;
  std::map<std::string, WallTime> spent_;  // ticket id -> when it would have expired
};

}  // namespace freshet::broker
