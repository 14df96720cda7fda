// TokenKeys: the key that signs our tokens and those whose tokens are believed, made once from the settings.
//
// Errors    kUnavailable, naming the setting that cannot be read
#pragma once

#include <string>
#include <utility>

#include "functions/api/settings.hpp"
#include "shared/auth/jwt.hpp"
#include "shared/result.hpp"

namespace freshet::api {

class TokenKeys {
 public:
  [[nodiscard]] static Result<TokenKeys> make(const Settings& settings);
  [[nodiscard]] const TokenVerifier& verifier() const { return verifier_; }
  [[nodiscard]] std::string sign(const Claims& claims) const { return sign_token(claims, issuer_, key_); }

 private:
  TokenKeys(std::string issuer, SigningKey key, TokenVerifier verifier)
      : issuer_(std::move(issuer)), key_(std::move(key)), verifier_(std::move(verifier)) {}
  std::string issuer_;
  SigningKey key_;
  TokenVerifier verifier_;
};

}  // namespace freshet::api
