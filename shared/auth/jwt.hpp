// JWT: the signed tokens by which a user is known: made by functions, checked by functions and broker.
//
// Shape     JWS compact serialisation, EdDSA over Ed25519. Claims `sub,iss,aud,exp,iat,jti,family,token_type,is_staff`.
//           The `kid` is the key's RFC 7638 thumbprint. A token is of one kind; the kind is in `token_type` and in `aud`, so that one
//           kind is never taken for another (RFC 8725 3.9, 3.11). `jti` is a ULID: it carries the millisecond of issue, which `iat` lacks.
// Foreign   HS256 tokens of another system, when its secret is given: `sub` (else `user_id`) and `exp` required, `iss` and `aud`
//           checked when given, never staff unless told so. The algorithm belongs to the key: HS256 reaches only the foreign secret,
//           EdDSA only our keys (RFC 8725 3.1).
// Bounds    tokens up to limits::kTokenBytes; up to 16 verify keys
// Time      `exp` is exact; `iat` and `nbf` may lie up to kClockSkew ahead
// Errors    kUnauthenticated, without a word of the token itself; checked in this order: shape, header, signature, claims
// Threads   const after making
// Source    RFC 7515, 7519, 8037, 8725, 7638; DESIGN "Tokens"
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "shared/clock.hpp"
#include "shared/random.hpp"
#include "shared/result.hpp"

namespace freshet {

enum class TokenKind : std::uint8_t { kAccess, kRefresh, kTicket };
inline constexpr std::array kTokenKinds{TokenKind::kAccess, TokenKind::kRefresh, TokenKind::kTicket};

inline constexpr std::chrono::seconds kAccessLifetime = std::chrono::minutes(60);
inline constexpr std::chrono::seconds kRefreshLifetime = std::chrono::hours(24 * 7);
inline constexpr std::chrono::seconds kTicketLifetime{30};
inline constexpr std::chrono::seconds kClockSkew{60};

[[nodiscard]] std::string_view name_of(TokenKind kind);      // `token_type`: access, refresh, ticket
[[nodiscard]] std::string_view audience_of(TokenKind kind);  // `aud`: freshet, refresh, ticket
[[nodiscard]] std::chrono::seconds lifetime_of(TokenKind kind);

enum class Origin : std::uint8_t { kOwn, kForeign };

struct Claims {
  std::string subject;  // our user's id; for a foreign token what its `sub` or `user_id` says, 1 to 150 code points
  std::string id;       // `jti`, unique to the token; may be empty in a foreign one
  std::string family;   // of the login it comes from; empty in a foreign one, and in a ticket got with a foreign one
  TokenKind kind = TokenKind::kAccess;
  Origin origin = Origin::kOwn;
  bool is_staff = false;
  WallTime issued_at{};  // to the millisecond in ours; of a foreign one `iat`, or 1970 when it has none
  WallTime expires_at{};
  bool operator==(const Claims&) const = default;
};

// VerifyKey: an Ed25519 public key and the name by which tokens ask for it.
struct VerifyKey {
  std::array<std::uint8_t, 32> bytes{};
  std::string kid;  // RFC 7638 thumbprint (RFC 8037 2), base64url
};
[[nodiscard]] Result<VerifyKey> parse_verify_key(std::string_view base64url);

// SigningKey: an Ed25519 key pair, made from its 32-byte seed. Wiped when dropped.
class SigningKey {
 public:
  [[nodiscard]] static Result<SigningKey> parse(std::string_view base64url_seed);
  SigningKey(const SigningKey&) = delete;
  SigningKey& operator=(const SigningKey&) = delete;
  SigningKey(SigningKey&& other) noexcept;
  SigningKey& operator=(SigningKey&&) = delete;
  ~SigningKey();

  [[nodiscard]] const VerifyKey& verify_key() const { return verify_key_; }
  [[nodiscard]] std::array<std::uint8_t, 64> sign(std::string_view bytes) const;

 private:
  SigningKey() = default;
  std::array<std::uint8_t, 64> secret_{};  // seed and public key
  VerifyKey verify_key_;
};

// Fresh claims of `kind`, to be signed: issued now, expiring by the kind's lifetime, with a new jti.
[[nodiscard]] Claims make_claims(TokenKind kind, std::string subject, std::string family, bool is_staff, WallTime now, Random& random);

// The token of these claims. The same claims, key and issuer give the same token (Ed25519 is deterministic).
[[nodiscard]] std::string sign_token(const Claims& claims, std::string_view issuer, const SigningKey& key);

inline constexpr std::size_t kForeignSecretBytesMin = 32;  // RFC 7518 3.2: a shorter key can be found from one token

struct ForeignIssuer {
  std::string secret;    // at least kForeignSecretBytesMin: whoever reads the settings refuses less
  std::string issuer;    // empty: not checked
  std::string audience;  // empty: not checked
  bool staff = false;    // believe its `is_staff`
};

// TokenVerifier: what tokens are believed, by key and issuer.
class TokenVerifier {
 public:
  static constexpr std::size_t kKeysMax = 16;

  TokenVerifier(std::string issuer, std::vector<VerifyKey> keys, std::optional<ForeignIssuer> foreign = std::nullopt);

  // The claims of a token of that kind that is whole, signed, and valid now. A foreign token counts as kAccess.
  [[nodiscard]] Result<Claims> verify(std::string_view token, TokenKind kind, WallTime now) const;

  [[nodiscard]] const std::vector<VerifyKey>& keys() const { return keys_; }

 private:
  std::string issuer_;
  std::vector<VerifyKey> keys_;
  std::optional<ForeignIssuer> foreign_;
};

}  // namespace freshet
