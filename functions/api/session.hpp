// Session: one login, its token family in the log, and the pairs of tokens that it gives.
//
// Shape     a refresh token is spent once. Rotation is one append to `log.token.<family>`, expecting what was read; the pair is made from
//           what that message holds, so the same message always gives the same pair (Ed25519 is deterministic).
// Errors    kUnauthenticated: the family is revoked, unknown, or its account does not stand; a spent refresh token, whose family is
//           then revoked (RFC 9700 4.14.2), unless it is the repeat of the last rotation, with its Idempotency-Key, within kRepeatWithin
// Source    CONTRACT 2; DESIGN "Tokens"
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "functions/api/account.hpp"
#include "functions/api/context.hpp"
#include "shared/auth/jwt.hpp"

namespace freshet::api {

inline constexpr std::chrono::seconds kRepeatWithin{60};

struct Pair {
  std::string access;
  std::string refresh;
};

[[nodiscard]] Result<Pair> open_session(Context& context, const User& user);
// `key` is the request's Idempotency-Key, or empty.
[[nodiscard]] Result<Pair> rotate_session(Context& context, std::string_view refresh, std::string_view key);
[[nodiscard]] Result<void> end_session(Context& context, std::string_view refresh);

}  // namespace freshet::api
