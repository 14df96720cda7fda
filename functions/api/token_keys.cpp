#include "functions/api/token_keys.hpp"

#include <optional>
#include <vector>

namespace freshet::api {

Result<TokenKeys> TokenKeys::make(const Settings& settings) {
  auto key = SigningKey::parse(settings.jwt_key);
  if (!key.ok()) return Error{Errc::kUnavailable, "FRESHET_JWT_KEY: " + key.error().detail};
  std::vector<VerifyKey> keys{key->verify_key()};
  for (const std::string& text : settings.jwt_public_keys) {
    auto further = parse_verify_key(text);
    if (!further.ok()) return Error{Errc::kUnavailable, "FRESHET_JWT_PUBLIC_KEYS: " + further.error().detail};
    if (further->kid != keys.front().kid) keys.push_back(std::move(*further));
  }
  if (keys.size() > TokenVerifier::kKeysMax) return Error{Errc::kUnavailable, "FRESHET_JWT_PUBLIC_KEYS: too many keys"};
  std::optional<ForeignIssuer> foreign;
  if (!settings.hs256_secret.empty()) {
    foreign = ForeignIssuer{settings.hs256_secret, settings.hs256_issuer, settings.hs256_audience, settings.hs256_staff};
  }
  return TokenKeys(settings.jwt_issuer, std::move(*key), TokenVerifier(settings.jwt_issuer, std::move(keys), std::move(foreign)));
}

}  // namespace freshet::api
