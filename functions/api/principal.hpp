// Principal: who makes a request, and the Gate that finds out.
#pragma once

#include <string>
#include <string_view>

#include "shared/domain/article.hpp"
#include "shared/position.hpp"
#include "shared/result.hpp"

namespace freshet::api {

struct Principal {
  std::string id;        // ULID of one of our users; for a token of another system whatever its `sub` says
  std::string username;  // as it is today, not as it was when the token was issued
  std::string name;
  std::string family;    // of refresh tokens; empty for a token of another system
  bool is_staff = false;
  StreamSequence sequence{};  // of the user's state in the log; 0 where there is none

  [[nodiscard]] Author author() const { return Author{id, username, name}; }
};

// Gate: checks the credentials of a request (CONTRACT 1: `Authorization: Bearer <jwt>` or `Token <jwt>`).
//
// Errors    kUnauthenticated: not a token we accept, expired, revoked, or its account is gone; kUnavailable: the log cannot be asked
class Gate {
 public:
  virtual ~Gate() = default;
  [[nodiscard]] virtual Result<Principal> admit(std::string_view authorization) = 0;
};

}  // namespace freshet::api
