// Any text as a token; and, properly signed, any header and any claims (the input up to its first line end, and behind it).
#include <sodium.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "shared/auth/jwt.hpp"
#include "shared/check.hpp"
#include "shared/id.hpp"
#include "shared/text.hpp"

namespace {

using namespace freshet;

constexpr const char* kSecret = "secret-of-another-system-with-32-bytes";
const WallTime kNow{std::chrono::milliseconds(1'800'000'000'000)};

std::string with_signature(std::string_view header, std::string_view claims, const SigningKey* key) {
  const std::string text = base64url_encode(header) + '.' + base64url_encode(claims);
  std::string signature;
  if (key != nullptr) {
    const auto made = key->sign(text);
    signature.assign(made.begin(), made.end());
  } else {
    signature.resize(crypto_auth_hmacsha256_BYTES);
    crypto_auth_hmacsha256_state state;
    crypto_auth_hmacsha256_init(&state, reinterpret_cast<const unsigned char*>(kSecret), std::string_view(kSecret).size());
    crypto_auth_hmacsha256_update(&state, reinterpret_cast<const unsigned char*>(text.data()), text.size());
    crypto_auth_hmacsha256_final(&state, reinterpret_cast<unsigned char*>(signature.data()));
  }
  return text + '.' + base64url_encode(signature);
}

// What holds of every token that is believed.
void check(const TokenVerifier& verifier, const std::string& token) {
  for (const TokenKind kind : kTokenKinds) {
    const auto claims = verifier.verify(token, kind, kNow);
    if (!claims.ok()) {
      FRESHET_CHECK(claims.error().code == Errc::kUnauthenticated);
      FRESHET_CHECK(token.size() < 16 || claims.error().detail.find(token) == std::string::npos);
      continue;
    }
    FRESHET_CHECK(claims->kind == kind && claims->expires_at > kNow && !claims->subject.empty() && utf8_length(claims->subject));
    FRESHET_CHECK(claims->issued_at <= kNow + kClockSkew);
    if (claims->origin == Origin::kForeign) FRESHET_CHECK(kind == TokenKind::kAccess && !claims->is_staff && claims->family.empty());
    if (claims->origin == Origin::kOwn) FRESHET_CHECK(is_id(claims->id) && (kind == TokenKind::kTicket || is_id(claims->family)));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const SigningKey key = *SigningKey::parse("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A");
  static const TokenVerifier verifier("freshet", {key.verify_key()}, ForeignIssuer{kSecret, "", "", false});
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  check(verifier, std::string(input));
  const std::size_t line = input.find('\n');
  if (line == std::string_view::npos) return 0;
  check(verifier, with_signature(input.substr(0, line), input.substr(line + 1), &key));
  check(verifier, with_signature(input.substr(0, line), input.substr(line + 1), nullptr));
  return 0;
}
