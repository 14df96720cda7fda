#include "shared/auth/jwt.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "shared/auth/jws.hpp"
#include "shared/auth/sodium_ready.hpp"
#include "shared/check.hpp"
#include "shared/id.hpp"
#include "shared/json.hpp"
#include "shared/limits.hpp"
#include "shared/text.hpp"

namespace freshet {
namespace {

using std::chrono::duration_cast;
using std::chrono::floor;
using std::chrono::milliseconds;
using std::chrono::seconds;

Error refused(const char* why) { return Error{Errc::kUnauthenticated, std::string("token refused: ") + why}; }

const unsigned char* bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

template <std::size_t kSize>
std::string_view text_of(const std::array<std::uint8_t, kSize>& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::string thumbprint(std::string_view x) {
  sodium_ready();
  const std::string members = R"({"crv":"Ed25519","kty":"OKP","x":")" + std::string(x) + "\"}";
  std::array<std::uint8_t, crypto_hash_sha256_BYTES> digest{};
  crypto_hash_sha256(digest.data(), bytes_of(members), members.size());
  return base64url_encode(text_of(digest));
}

std::optional<std::array<std::uint8_t, 32>> decode_32(std::string_view base64url) {
  const auto decoded = base64url_decode(base64url);
  std::array<std::uint8_t, 32> out{};
  if (!decoded || decoded->size() != out.size()) return std::nullopt;
  std::copy(decoded->begin(), decoded->end(), reinterpret_cast<char*>(out.data()));
  return out;
}

// RFC 7519 2, NumericDate: seconds, perhaps with a fraction. The bound keeps the sum of two from overflowing.
std::optional<WallTime> numeric_date(const Json& claims, std::string_view name) {
  const Json* member = json_member(claims, name);
  if (member == nullptr || !member->is_number()) return std::nullopt;
  const double value = member->get<double>();
  if (!(value >= 0 && value < 1e11)) return std::nullopt;
  return WallTime(milliseconds(static_cast<std::int64_t>(std::floor(value * 1000))));
}

bool has_audience(const Json& claims, std::string_view wanted) {
  const Json* audience = json_member(claims, "aud");
  if (audience == nullptr) return false;
  if (const auto* one = audience->get_ptr<const std::string*>()) return *one == wanted;
  if (!audience->is_array()) return false;
  return std::any_of(audience->begin(), audience->end(), [&](const Json& entry) {
    const auto* text = entry.get_ptr<const std::string*>();
    return text != nullptr && *text == wanted;
  });
}

Result<void> read_times(const Json& claims, WallTime now, Claims& out) {
  const auto expires_at = numeric_date(claims, "exp");
  if (!expires_at) return refused("it has no time of expiry");
  if (now >= *expires_at) return refused("it has expired");
  out.expires_at = *expires_at;
  for (const char* name : {"iat", "nbf"}) {
    if (json_member(claims, name) == nullptr) continue;
    const auto time = numeric_date(claims, name);
    if (!time) return refused("a time in it is not a number");
    if (*time > now + kClockSkew) return refused("it is not valid yet");
    if (std::string_view(name) == "iat") out.issued_at = *time;
  }
  return {};
}

// Whose subject it is. Any text or whole number will do that other code can carry: no control characters, not too long.
bool is_subject(std::string_view text) {
  if (text.empty() || utf8_length(text).value_or(SIZE_MAX) > limits::kUsernameCodePoints) return false;
  return std::none_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
}

std::optional<std::string> foreign_subject(const Json& claims) {
  const Json* member = json_member(claims, "sub");
  if (member == nullptr) member = json_member(claims, "user_id");
  if (member == nullptr) return std::nullopt;
  if (member->is_number_integer()) return member->dump();
  const auto* text = member->get_ptr<const std::string*>();
  return text != nullptr && is_subject(*text) ? std::optional(*text) : std::nullopt;
}

Result<Claims> read_foreign_claims(const Json& claims, const ForeignIssuer& issuer, WallTime now) {
  Claims out;
  out.origin = Origin::kForeign;
  FRESHET_TRY_VOID(read_times(claims, now, out));
  if (!issuer.issuer.empty() && json_text_or(claims, "iss", "") != issuer.issuer) return refused("its issuer is another");
  if (!issuer.audience.empty() && !has_audience(claims, issuer.audience)) return refused("it is meant for somebody else");
  auto subject = foreign_subject(claims);
  if (!subject) return refused("it names no user");
  out.subject = std::move(*subject);
  // Another system may call its own refresh tokens so (Django's simplejwt does); they are not for us.
  if (json_member(claims, "token_type") != nullptr && json_text_or(claims, "token_type", "") != "access") return refused("it is of another kind");
  out.id = json_text_or(claims, "jti", "");
  out.is_staff = issuer.staff && json_true(claims, "is_staff");
  return out;
}

Result<Claims> read_own_claims(const Json& claims, std::string_view issuer, TokenKind kind, WallTime now) {
  Claims out;
  out.kind = kind;
  FRESHET_TRY_VOID(read_times(claims, now, out));
  if (json_text_or(claims, "iss", "") != issuer) return refused("its issuer is another");
  const Json* audience = json_member(claims, "aud");
  if (audience == nullptr || !audience->is_string() || !has_audience(claims, audience_of(kind))) return refused("it is meant for something else");
  if (json_text_or(claims, "token_type", "") != name_of(kind)) return refused("it is of another kind");
  out.subject = json_text_or(claims, "sub", "");
  out.id = json_text_or(claims, "jti", "");
  out.family = json_text_or(claims, "family", "");
  // A ticket may be that of somebody who came with a token of another system: then it has no family, and a subject as given.
  const bool named = is_id(out.subject) && is_id(out.family);
  const bool named_elsewhere = kind == TokenKind::kTicket && is_subject(out.subject) && out.family.empty();
  if (!is_id(out.id) || (!named && !named_elsewhere)) return refused("it names no user, family or id");
  const Json* staff = json_member(claims, "is_staff");
  if (staff == nullptr || !staff->is_boolean()) return refused("it does not say whether its user is staff");
  out.is_staff = staff->get<bool>();
  if (json_member(claims, "iat") == nullptr) return refused("it has no time of issue");
  const WallTime precise = time_of_id(out.id);
  if (floor<seconds>(precise) == floor<seconds>(out.issued_at)) out.issued_at = precise;
  return out;
}

bool hmac_matches(std::string_view text, std::string_view secret, std::string_view signature) {
  if (signature.size() != crypto_auth_hmacsha256_BYTES) return false;
  std::array<std::uint8_t, crypto_auth_hmacsha256_BYTES> expected{};
  crypto_auth_hmacsha256_state state;
  crypto_auth_hmacsha256_init(&state, bytes_of(secret), secret.size());
  crypto_auth_hmacsha256_update(&state, bytes_of(text), text.size());
  crypto_auth_hmacsha256_final(&state, expected.data());
  return sodium_memcmp(expected.data(), signature.data(), expected.size()) == 0;
}

bool signature_matches(std::string_view text, const VerifyKey& key, std::string_view signature) {
  return signature.size() == crypto_sign_BYTES &&
         crypto_sign_verify_detached(bytes_of(signature), bytes_of(text), text.size(), key.bytes.data()) == 0;
}

}  // namespace

std::string_view name_of(TokenKind kind) {
  constexpr std::array<std::string_view, 3> kNames{"access", "refresh", "ticket"};
  return kNames[static_cast<std::size_t>(kind)];
}

std::string_view audience_of(TokenKind kind) {
  constexpr std::array<std::string_view, 3> kAudiences{"freshet", "refresh", "ticket"};
  return kAudiences[static_cast<std::size_t>(kind)];
}

seconds lifetime_of(TokenKind kind) {
  constexpr std::array kLifetimes{kAccessLifetime, kRefreshLifetime, kTicketLifetime};
  return kLifetimes[static_cast<std::size_t>(kind)];
}

Result<VerifyKey> parse_verify_key(std::string_view base64url) {
  const auto bytes = decode_32(base64url);
  if (!bytes) return Error{Errc::kInvalidArgument, "a public key is the base64url of 32 bytes"};
  return VerifyKey{*bytes, thumbprint(base64url)};
}

Result<SigningKey> SigningKey::parse(std::string_view base64url_seed) {
  auto seed = decode_32(base64url_seed);
  if (!seed) return Error{Errc::kInvalidArgument, "a signing key is the base64url of a 32-byte Ed25519 seed"};
  sodium_ready();
  SigningKey key;
  crypto_sign_seed_keypair(key.verify_key_.bytes.data(), key.secret_.data(), seed->data());
  sodium_memzero(seed->data(), seed->size());
  key.verify_key_.kid = thumbprint(base64url_encode(text_of(key.verify_key_.bytes)));
  return key;
}

SigningKey::SigningKey(SigningKey&& other) noexcept : secret_(other.secret_), verify_key_(std::move(other.verify_key_)) {
  sodium_memzero(other.secret_.data(), other.secret_.size());
}

SigningKey::~SigningKey() { sodium_memzero(secret_.data(), secret_.size()); }

std::array<std::uint8_t, 64> SigningKey::sign(std::string_view bytes) const {
  std::array<std::uint8_t, 64> signature{};
  crypto_sign_detached(signature.data(), nullptr, bytes_of(bytes), bytes.size(), secret_.data());
  return signature;
}

Claims make_claims(TokenKind kind, std::string subject, std::string family, bool is_staff, WallTime now, Random& random) {
  Claims out;
  out.subject = std::move(subject);
  out.id = make_id(now, random);
  out.family = std::move(family);
  out.kind = kind;
  out.is_staff = is_staff;
  out.issued_at = now;
  out.expires_at = floor<seconds>(now) + lifetime_of(kind);
  return out;
}

std::string sign_token(const Claims& claims, std::string_view issuer, const SigningKey& key) {
  FRESHET_CHECK(claims.origin == Origin::kOwn);
  const auto unix_seconds = [](WallTime time) { return static_cast<std::int64_t>(floor<seconds>(time).time_since_epoch().count()); };
  std::string header;
  JsonWriter(header).begin_object().field("alg", "EdDSA").field("kid", key.verify_key().kid).field("typ", "JWT").end_object();
  std::string payload;
  JsonWriter writer(payload);
  writer.begin_object().field("sub", claims.subject).field("iss", issuer).field("aud", audience_of(claims.kind));
  writer.key("exp").number(unix_seconds(claims.expires_at)).key("iat").number(unix_seconds(claims.issued_at));
  writer.field("jti", claims.id).field("family", claims.family).field("token_type", name_of(claims.kind));
  writer.key("is_staff").boolean(claims.is_staff).end_object();
  std::string token = base64url_encode(header) + '.' + base64url_encode(payload);
  const auto signature = key.sign(token);
  return token + '.' + base64url_encode(text_of(signature));
}

TokenVerifier::TokenVerifier(std::string issuer, std::vector<VerifyKey> keys, std::optional<ForeignIssuer> foreign)
    : issuer_(std::move(issuer)), keys_(std::move(keys)), foreign_(std::move(foreign)) {
  sodium_ready();
  FRESHET_CHECK(keys_.size() <= kKeysMax);
  FRESHET_CHECK(!foreign_ || !foreign_->secret.empty());
}

Result<Claims> TokenVerifier::verify(std::string_view token, TokenKind kind, WallTime now) const {
  FRESHET_TRY(envelope, jws::open(token));
  if (envelope.algorithm == jws::Algorithm::kHs256) {
    if (!foreign_ || kind != TokenKind::kAccess) return refused("its algorithm is not accepted");
    if (!hmac_matches(envelope.signed_text, foreign_->secret, envelope.signature)) return refused("its signature does not match");
    FRESHET_TRY(claims, jws::parse_strict(envelope.payload));
    return read_foreign_claims(claims, *foreign_, now);
  }
  if (!envelope.typed) return refused("it is not of type JWT");
  const auto key = std::find_if(keys_.begin(), keys_.end(), [&](const VerifyKey& one) { return one.kid == envelope.kid; });
  if (key == keys_.end()) return refused("its key is not known");
  if (!signature_matches(envelope.signed_text, *key, envelope.signature)) return refused("its signature does not match");
  FRESHET_TRY(claims, jws::parse_strict(envelope.payload));
  return read_own_claims(claims, issuer_, kind, now);
}

}  // namespace freshet
