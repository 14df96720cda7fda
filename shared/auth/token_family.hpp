// Token family: what the log knows of one login, `log.token.<family>`; and whether a token of it still holds.
//
// Shape     {"user","jti","access_jti","previous_jti","rotated_at","idempotency_key","revoked"}: the refresh token that may be used
//           next, the access token that went with it, the refresh token spent last, and with which key (its digest). The message lives
//           for kFamilyTtl, longer than any token of the family; a family that is not there has no valid token.
// Source    CONTRACT 2 (rotation, reuse); DESIGN "Tokens"; RFC 9700 4.14.2
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "shared/auth/jwt.hpp"
#include "shared/clock.hpp"
#include "shared/domain/user.hpp"
#include "shared/result.hpp"

namespace freshet {

inline constexpr std::chrono::hours kFamilyTtl{192};

struct TokenFamily {
  std::string user;
  std::string jti;
  std::string access_jti;
  std::string previous_jti;
  WallTime rotated_at{};
  std::string idempotency_key;  // digest of the key of the last rotation; empty where it had none
  bool revoked = false;
  bool operator==(const TokenFamily&) const = default;
};

[[nodiscard]] std::string encode_token_family(const TokenFamily& family);
[[nodiscard]] Result<TokenFamily> decode_token_family(std::string_view payload);

// Whether the log lets a token of ours be used: its family is its user's and not revoked, the account is open, and the token was issued
// since the account's last change of password or rights. kUnauthenticated when not.
[[nodiscard]] Result<void> check_standing(const Claims& claims, const TokenFamily& family, const User& user);
// The account's part of it, for tokens that have no family (of another system, but with the id of one of our users).
[[nodiscard]] Result<void> check_standing(const Claims& claims, const User& user);

}  // namespace freshet
