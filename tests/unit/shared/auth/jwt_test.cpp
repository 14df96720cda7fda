#include "shared/auth/jwt.hpp"

#include <doctest/doctest.h>
#include <sodium.h>

#include <set>
#include <string>

#include "shared/auth/jwks.hpp"
#include "shared/json.hpp"
#include "shared/limits.hpp"
#include "shared/text.hpp"
#include "tests/support/manual_clock.hpp"

namespace freshet {
namespace {

using namespace std::chrono_literals;

// The key of RFC 8037 A.1 and its thumbprint, A.3.
constexpr const char* kSeed = "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A";
constexpr const char* kPublic = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
constexpr const char* kThumbprint = "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k";
constexpr const char* kSecret = "secret-of-another-system-with-32-bytes";
const WallTime kNow{1'800'000'000'000ms};

std::string hmac(std::string_view text, std::string_view secret) {
  std::string out(crypto_auth_hmacsha256_BYTES, '\0');
  crypto_auth_hmacsha256_state state;
  crypto_auth_hmacsha256_init(&state, reinterpret_cast<const unsigned char*>(secret.data()), secret.size());
  crypto_auth_hmacsha256_update(&state, reinterpret_cast<const unsigned char*>(text.data()), text.size());
  crypto_auth_hmacsha256_final(&state, reinterpret_cast<unsigned char*>(out.data()));
  return out;
}

enum class Signed { kOurs, kOther, kSecret, kPublicKeyAsSecret, kEmptySecret, kNot, kShort, kLong, kZero };

std::string signature(std::string_view text, Signed how) {
  const auto ed25519 = [&](const char* seed) {
    const auto made = SigningKey::parse(seed).value().sign(text);
    return std::string(made.begin(), made.end());
  };
  switch (how) {
    case Signed::kOurs: return ed25519(kSeed);
    case Signed::kOther: return ed25519("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
    case Signed::kSecret: return hmac(text, kSecret);
    case Signed::kPublicKeyAsSecret: return hmac(text, *base64url_decode(kPublic));
    case Signed::kEmptySecret: return hmac(text, "");
    case Signed::kNot: return "";
    case Signed::kShort: return ed25519(kSeed).substr(0, 63);
    case Signed::kLong: return ed25519(kSeed) + 'x';
    case Signed::kZero: return std::string(64, '\0');
  }
  return "";
}

std::string make(std::string_view header, std::string_view payload, Signed how) {
  const std::string text = base64url_encode(header) + '.' + base64url_encode(payload);
  return text + '.' + base64url_encode(signature(text, how));
}

const std::string kHeader = R"({"alg":"EdDSA","kid":"kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k","typ":"JWT"})";
const std::string kForeignHeader = R"({"alg":"HS256","typ":"JWT"})";

// Good claims with some members replaced, or left out where the replacement is empty.
std::string claims(const std::map<std::string, std::string>& changes = {}) {
  std::map<std::string, std::string> members{
      {"sub", "\"01JD5Q0000AAAAAAAAAAAAAAAA\""}, {"iss", "\"freshet\""}, {"aud", "\"freshet\""}, {"exp", "1800003600"}, {"iat", "1800000000"},
      {"jti", "\"01JD5Q0000BBBBBBBBBBBBBBBB\""}, {"family", "\"01JD5Q0000CCCCCCCCCCCCCCCC\""}, {"token_type", "\"access\""}, {"is_staff", "true"}};
  for (const auto& [name, value] : changes) members[name] = value;
  std::string out = "{";
  for (const auto& [name, value] : members) {
    if (!value.empty()) out += (out.size() > 1 ? ",\"" : "\"") + name + "\":" + value;
  }
  return out + '}';
}

std::string foreign(const std::map<std::string, std::string>& changes = {}) {
  std::map<std::string, std::string> all{{"jti", ""}, {"family", ""}, {"token_type", ""}, {"iss", "\"other\""}, {"sub", "\"42\""}};
  for (const auto& [name, value] : changes) all[name] = value;
  return claims(all);
}

TokenVerifier our_verifier() { return TokenVerifier("freshet", {parse_verify_key(kPublic).value()}); }
TokenVerifier verifier_with_foreign() {
  return TokenVerifier("freshet", {parse_verify_key(kPublic).value()}, ForeignIssuer{kSecret, "other", "freshet", false});
}

struct Row {
  const char* what;
  std::string header;
  std::string payload;
  Signed how = Signed::kOurs;
  TokenKind kind = TokenKind::kAccess;
};

TEST_CASE("what a good token may look like") {
  const Row rows[] = {
      {"as we make it", kHeader, claims()},
      {"typ in lower case", R"({"alg":"EdDSA","kid":"kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k","typ":"jwt"})", claims()},
      {"an unknown header member", R"({"alg":"EdDSA","kid":"kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k","typ":"JWT","x":1})", claims()},
      {"an unknown claim", kHeader, claims({{"role", "\"x\""}})},
      {"it expires in a second", kHeader, claims({{"exp", "1800000001"}})},
      {"exp with a fraction", kHeader, claims({{"exp", "1800000000.5"}})},
      {"issued 60 s ahead", kHeader, claims({{"iat", "1800000060"}})},
      {"nbf 60 s ahead", kHeader, claims({{"nbf", "1800000060"}})},
      {"nbf long ago", kHeader, claims({{"nbf", "5"}})},
      {"a refresh token", kHeader, claims({{"aud", "\"refresh\""}, {"token_type", "\"refresh\""}}), Signed::kOurs, TokenKind::kRefresh},
      {"a ticket", kHeader, claims({{"aud", "\"ticket\""}, {"token_type", "\"ticket\""}}), Signed::kOurs, TokenKind::kTicket},
      {"a ticket of somebody of the other system", kHeader, claims({{"sub", "\"42\""}, {"family", "\"\""}, {"aud", "\"ticket\""}, {"token_type", "\"ticket\""}}),
       Signed::kOurs, TokenKind::kTicket},
      {"of the other system", kForeignHeader, foreign(), Signed::kSecret},
      {"of the other system, without typ", R"({"alg":"HS256"})", foreign(), Signed::kSecret},
      {"of the other system, with a kid of its own", R"({"alg":"HS256","kid":"7"})", foreign(), Signed::kSecret},
      {"of the other system, aud as array", kForeignHeader, foreign({{"aud", R"(["x","freshet"])"}}), Signed::kSecret},
      {"of the other system, user_id", kForeignHeader, foreign({{"sub", ""}, {"user_id", "42"}}), Signed::kSecret},
      {"of the other system, numeric sub", kForeignHeader, foreign({{"sub", "42"}}), Signed::kSecret},
      {"of the other system, no iat", kForeignHeader, foreign({{"iat", ""}}), Signed::kSecret},
      {"of the other system, named access", kForeignHeader, foreign({{"token_type", "\"access\""}}), Signed::kSecret},
  };
  for (const auto& row : rows) {
    CAPTURE(row.what);
    const auto outcome = verifier_with_foreign().verify(make(row.header, row.payload, row.how), row.kind, kNow);
    CHECK_MESSAGE(outcome.ok(), (outcome.ok() ? "" : outcome.error().detail));
  }
}

TEST_CASE("a token that differs from a good one in one thing is refused") {
  const auto header = [](const char* members) { return std::string(R"({"kid":"kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k","typ":"JWT",)") + members + '}'; };
  const std::string deep = std::string(33, '[') + std::string(33, ']');
  const Row rows[] = {
      // header
      {"alg none, unsigned", header(R"("alg":"none")"), claims(), Signed::kNot},
      {"alg None", header(R"("alg":"None")"), claims(), Signed::kNot},
      {"alg nOnE", header(R"("alg":"nOnE")"), claims(), Signed::kNot},
      {"alg none, signed", header(R"("alg":"none")"), claims()},
      {"alg empty", header(R"("alg":"")"), claims()},
      {"alg missing", R"({"kid":"kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k","typ":"JWT"})", claims()},
      {"alg a number", header(R"("alg":1)"), claims()},
      {"alg an array", header(R"("alg":["EdDSA"])"), claims()},
      {"alg null", header(R"("alg":null)"), claims()},
      {"alg in lower case", header(R"("alg":"eddsa")"), claims()},
      {"alg Ed25519", header(R"("alg":"Ed25519")"), claims()},
      {"alg HS512", header(R"("alg":"HS512")"), claims(), Signed::kSecret},
      {"alg RS256", header(R"("alg":"RS256")"), claims()},
      {"alg ES256", header(R"("alg":"ES256")"), claims()},
      {"alg twice", header(R"("alg":"none","alg":"EdDSA")"), claims()},
      {"alg twice, once escaped", header(R"("\u0061lg":"none","alg":"EdDSA")"), claims()},
      {"HS256 with our public key as secret", header(R"("alg":"HS256")"), claims(), Signed::kPublicKeyAsSecret},
      {"HS256 with an empty secret", header(R"("alg":"HS256")"), claims(), Signed::kEmptySecret},
      {"EdDSA header over an HMAC", kHeader, claims(), Signed::kSecret},
      {"HS256 header over an Ed25519 signature", kForeignHeader, foreign(), Signed::kOurs},
      {"crit", header(R"("alg":"EdDSA","crit":["exp"],"exp":1)"), claims()},
      {"crit, empty", header(R"("alg":"EdDSA","crit":[])"), claims()},
      {"b64 false", header(R"("alg":"EdDSA","b64":false)"), claims()},
      {"jku", header(R"("alg":"EdDSA","jku":"https://evil.example/jwks.json")"), claims()},
      {"x5u", header(R"("alg":"EdDSA","x5u":"https://evil.example/x.pem")"), claims()},
      {"x5c", header(R"("alg":"EdDSA","x5c":["AA"])"), claims()},
      {"jwk in the header", header(R"("alg":"EdDSA","jwk":{"kty":"OKP","crv":"Ed25519","x":"O2onvM62pC1io6jQKm8Nc2UyFXcd4kOmOsBIoYtZ2ik"})"), claims(), Signed::kOther},
      {"zip", header(R"("alg":"EdDSA","zip":"DEF")"), claims()},
      {"enc", header(R"("alg":"EdDSA","enc":"A128GCM")"), claims()},
      {"no kid", R"({"alg":"EdDSA","typ":"JWT"})", claims()},
      {"empty kid", R"({"alg":"EdDSA","kid":"","typ":"JWT"})", claims()},
      {"kid of nobody", R"({"alg":"EdDSA","kid":"x","typ":"JWT"})", claims()},
      {"kid is a path", R"({"alg":"EdDSA","kid":"../../../../dev/null","typ":"JWT"})", claims()},
      {"kid is SQL", R"({"alg":"EdDSA","kid":"' OR 1=1 --","typ":"JWT"})", claims()},
      {"kid a number", R"({"alg":"EdDSA","kid":1,"typ":"JWT"})", claims()},
      {"kid with more behind it", R"({"alg":"EdDSA","kid":"kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k ","typ":"JWT"})", claims()},
      {"no typ", R"({"alg":"EdDSA","kid":"kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"})", claims()},
      {"typ of something else", R"({"alg":"EdDSA","kid":"kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k","typ":"secevent+jwt"})", claims()},
      {"typ a number", R"({"alg":"EdDSA","kid":"kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k","typ":1})", claims()},
      {"header an array", R"(["EdDSA"])", claims()},
      {"header no JSON", "EdDSA", claims()},
      {"header empty", "", claims()},
      {"header with a NUL", std::string(R"({"alg":"EdDSA","x":")") + '\0' + "\"}", claims()},
      {"header not UTF-8", "{\"alg\":\"EdDSA\",\"x\":\"\xff\"}", claims()},
      // signature
      {"unsigned", kHeader, claims(), Signed::kNot},
      {"signed by another key", kHeader, claims(), Signed::kOther},
      {"signature too short", kHeader, claims(), Signed::kShort},
      {"signature too long", kHeader, claims(), Signed::kLong},
      {"signature of zeros", kHeader, claims(), Signed::kZero},
      // claims
      {"expired this second", kHeader, claims({{"exp", "1800000000"}})},
      {"expired an hour ago", kHeader, claims({{"exp", "1799996400"}})},
      {"no exp", kHeader, claims({{"exp", ""}})},
      {"exp a text", kHeader, claims({{"exp", "\"1800003600\""}})},
      {"exp null", kHeader, claims({{"exp", "null"}})},
      {"exp negative", kHeader, claims({{"exp", "-1"}})},
      {"exp beyond all time", kHeader, claims({{"exp", "1e300"}})},
      {"exp twice", kHeader, R"({"exp":1,)" + claims().substr(1)},
      {"sub twice", kHeader, R"({"sub":"01JD5Q0000DDDDDDDDDDDDDDDD",)" + claims().substr(1)},
      {"a member twice deep inside", kHeader, claims({{"x", R"({"a":{"b":1,"b":2}})"}})},
      {"no iat", kHeader, claims({{"iat", ""}})},
      {"iat a text", kHeader, claims({{"iat", "\"1800000000\""}})},
      {"issued 61 s ahead", kHeader, claims({{"iat", "1800000061"}})},
      {"nbf 61 s ahead", kHeader, claims({{"nbf", "1800000061"}})},
      {"nbf a text", kHeader, claims({{"nbf", "\"5\""}})},
      {"no iss", kHeader, claims({{"iss", ""}})},
      {"iss of another", kHeader, claims({{"iss", "\"other\""}})},
      {"iss an array", kHeader, claims({{"iss", "[\"freshet\"]"}})},
      {"no aud", kHeader, claims({{"aud", ""}})},
      {"aud of another", kHeader, claims({{"aud", "\"x\""}})},
      {"aud of every kind", kHeader, claims({{"aud", R"(["freshet","refresh","ticket"])"}})},
      {"no token_type", kHeader, claims({{"token_type", ""}})},
      {"refresh as access", kHeader, claims({{"aud", "\"refresh\""}, {"token_type", "\"refresh\""}})},
      {"ticket as access", kHeader, claims({{"aud", "\"ticket\""}, {"token_type", "\"ticket\""}})},
      {"access as refresh", kHeader, claims(), Signed::kOurs, TokenKind::kRefresh},
      {"access as ticket", kHeader, claims(), Signed::kOurs, TokenKind::kTicket},
      {"kinds that disagree", kHeader, claims({{"token_type", "\"refresh\""}})},
      {"no sub", kHeader, claims({{"sub", ""}})},
      {"sub a number", kHeader, claims({{"sub", "7"}})},
      {"sub no id", kHeader, claims({{"sub", "\"log.>\""}})},
      {"no family", kHeader, claims({{"family", ""}})},
      {"family no id", kHeader, claims({{"family", "\"*\""}})},
      {"no jti", kHeader, claims({{"jti", ""}})},
      {"no is_staff", kHeader, claims({{"is_staff", ""}})},
      {"is_staff a text", kHeader, claims({{"is_staff", "\"true\""}})},
      {"is_staff a number", kHeader, claims({{"is_staff", "1"}})},
      {"ticket, sub with a control character", kHeader, claims({{"sub", "\"a\\u0001\""}, {"family", "\"\""}, {"aud", "\"ticket\""}, {"token_type", "\"ticket\""}}),
       Signed::kOurs, TokenKind::kTicket},
      {"ticket, family no id", kHeader, claims({{"family", "\"x\""}, {"aud", "\"ticket\""}, {"token_type", "\"ticket\""}}), Signed::kOurs, TokenKind::kTicket},
      {"access, without family as a ticket may be", kHeader, claims({{"sub", "\"42\""}, {"family", "\"\""}})},
      {"claims an array", kHeader, "[]"},
      {"claims a text", kHeader, "\"x\""},
      {"claims empty", kHeader, ""},
      {"claims nested too deep", kHeader, claims({{"x", deep}})},
      {"claims with an escaped NUL", kHeader, claims({{"x", R"("\u0000")"}})},
      // of the other system
      {"foreign, other secret", kForeignHeader, foreign(), Signed::kPublicKeyAsSecret},
      {"foreign, no exp", kForeignHeader, foreign({{"exp", ""}}), Signed::kSecret},
      {"foreign, expired", kForeignHeader, foreign({{"exp", "1799999999"}}), Signed::kSecret},
      {"foreign, other iss", kForeignHeader, foreign({{"iss", "\"freshet\""}}), Signed::kSecret},
      {"foreign, no iss", kForeignHeader, foreign({{"iss", ""}}), Signed::kSecret},
      {"foreign, other aud", kForeignHeader, foreign({{"aud", "\"x\""}}), Signed::kSecret},
      {"foreign, no aud", kForeignHeader, foreign({{"aud", ""}}), Signed::kSecret},
      {"foreign, no user", kForeignHeader, foreign({{"sub", ""}}), Signed::kSecret},
      {"foreign, empty user", kForeignHeader, foreign({{"sub", "\"\""}}), Signed::kSecret},
      {"foreign, user a fraction", kForeignHeader, foreign({{"sub", "1.5"}}), Signed::kSecret},
      {"foreign, user with a line end", kForeignHeader, foreign({{"sub", "\"a\\nb\""}}), Signed::kSecret},
      {"foreign, user too long", kForeignHeader, foreign({{"sub", '"' + std::string(151, 'a') + '"'}}), Signed::kSecret},
      {"foreign, a refresh token", kForeignHeader, foreign({{"token_type", "\"refresh\""}}), Signed::kSecret},
      {"foreign, as refresh", kForeignHeader, foreign(), Signed::kSecret, TokenKind::kRefresh},
      {"foreign, as ticket", kForeignHeader, foreign(), Signed::kSecret, TokenKind::kTicket},
  };
  for (const auto& row : rows) {
    CAPTURE(row.what);
    const auto outcome = verifier_with_foreign().verify(make(row.header, row.payload, row.how), row.kind, kNow);
    REQUIRE(!outcome.ok());
    CHECK(outcome.error().code == Errc::kUnauthenticated);
  }
}

TEST_CASE("what is no token at all is refused, and so is a good one with any byte changed or cut off") {
  const auto verifier = verifier_with_foreign();
  const std::string good = make(kHeader, claims(), Signed::kOurs);
  REQUIRE(verifier.verify(good, TokenKind::kAccess, kNow).ok());
  for (const std::string& text : {std::string(), std::string("."), std::string(".."), std::string("..."), std::string("a.b.c"), good + ".", "." + good, good + "=", good + " ",
                                  " " + good, good + "\n", good + ".x", std::string(limits::kTokenBytes + 1, 'A'), std::string("\xff.\xff.\xff")}) {
    CAPTURE(text);
    CHECK(!verifier.verify(text, TokenKind::kAccess, kNow).ok());
  }
  for (std::size_t i = 0; i < good.size(); ++i) {
    CAPTURE(i);
    CHECK(!verifier.verify(std::string_view(good).substr(0, i), TokenKind::kAccess, kNow).ok());
    std::string changed = good;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    CHECK(!verifier.verify(changed, TokenKind::kAccess, kNow).ok());
  }
}

TEST_CASE("a token of 8 KiB is read and one byte more is refused") {
  // base64url makes 4 of 3, so two fillers of different lengths reach each size.
  const auto token = [](std::size_t header_fill, std::size_t claims_fill) {
    return make(kHeader.substr(0, kHeader.size() - 1) + ",\"x\":\"" + std::string(header_fill, 'x') + "\"}",
                claims({{"y", '"' + std::string(claims_fill, 'y') + '"'}}), Signed::kOurs);
  };
  bool reached = false;
  for (std::size_t header_fill = 0; header_fill < 3 && !reached; ++header_fill) {
    for (std::size_t fill = 5500; fill < 6200 && !reached; ++fill) {
      if (token(header_fill, fill).size() != limits::kTokenBytes) continue;
      reached = true;
      CHECK(our_verifier().verify(token(header_fill, fill), TokenKind::kAccess, kNow).ok());
      CHECK(!our_verifier().verify(token(header_fill, fill + 1), TokenKind::kAccess, kNow).ok());
    }
  }
  CHECK(reached);
}

TEST_CASE("claims survive signing and reading, to the millisecond of issue") {
  const auto key = SigningKey::parse(kSeed).value();
  testing::SeededRandom random(1);
  for (const TokenKind kind : kTokenKinds) {
    CAPTURE(name_of(kind));
    const WallTime now = kNow + 789ms;
    const Claims made = make_claims(kind, "01JD5Q0000AAAAAAAAAAAAAAAA", "01JD5Q0000CCCCCCCCCCCCCCCC", true, now, random);
    CHECK(made.expires_at - kNow == lifetime_of(kind));
    const std::string token = sign_token(made, "freshet", key);
    CHECK(token == sign_token(made, "freshet", key));
    const auto read = our_verifier().verify(token, kind, now);
    REQUIRE(read.ok());
    CHECK(read.value() == made);
    CHECK(our_verifier().verify(token, kind, made.expires_at - 1ms).ok());
    CHECK(!our_verifier().verify(token, kind, made.expires_at).ok());
    for (const TokenKind other : kTokenKinds) CHECK(our_verifier().verify(token, other, now).ok() == (other == kind));
  }
}

TEST_CASE("keys are rotated: tokens of old and new key are read while both are known") {
  const auto old_key = SigningKey::parse(kSeed).value();
  const auto new_key = SigningKey::parse("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA").value();
  testing::SeededRandom random(1);
  const Claims made = make_claims(TokenKind::kAccess, "01JD5Q0000AAAAAAAAAAAAAAAA", "01JD5Q0000CCCCCCCCCCCCCCCC", false, kNow, random);
  const TokenVerifier both("freshet", {new_key.verify_key(), old_key.verify_key()});
  const TokenVerifier after("freshet", {new_key.verify_key()});
  for (const auto* key : {&old_key, &new_key}) CHECK(both.verify(sign_token(made, "freshet", *key), TokenKind::kAccess, kNow).ok());
  CHECK(!after.verify(sign_token(made, "freshet", old_key), TokenKind::kAccess, kNow).ok());
  CHECK(after.verify(sign_token(made, "freshet", new_key), TokenKind::kAccess, kNow).ok());
}

TEST_CASE("tokens that PyJWT made are read") {
  const char* ours =
      "eyJhbGciOiJFZERTQSIsImtpZCI6ImtQcktfcW14VldhWVZBOXd3QkY2SXVvM3ZWeno3VHhIQ1R3WEJ5Z3JTNGsiLCJ0eXAiOiJKV1QifQ.eyJzdWIiOiIwMUpENVEwMDAwQUFBQUFBQUFB"
      "QUFBQUFBQSIsImlzcyI6ImZyZXNoZXQiLCJhdWQiOiJmcmVzaGV0IiwiZXhwIjoxODAwMDAzNjAwLCJpYXQiOjE4MDAwMDAwMDAsImp0aSI6IjAxSkQ1UTAwMDBCQkJCQkJCQkJCQkJCQkJC"
      "IiwiZmFtaWx5IjoiMDFKRDVRMDAwMENDQ0NDQ0NDQ0NDQ0NDQ0MiLCJ0b2tlbl90eXBlIjoiYWNjZXNzIiwiaXNfc3RhZmYiOnRydWV9.EM92lSW28NhRdoi54Xyfv6wzXXh7n47wxVGPd5"
      "Ux8rEn92GhrC_fcT0ldnszDMRS927xgBRr-lN-3w6YwyAVDA";
  const auto own = our_verifier().verify(ours, TokenKind::kAccess, kNow);
  REQUIRE(own.ok());
  CHECK(own->subject == "01JD5Q0000AAAAAAAAAAAAAAAA");
  CHECK(own->is_staff);
  const char* theirs =
      "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJ1c2VyX2lkIjo0MiwiZXhwIjoxODAwMDAzNjAwLCJ0b2tlbl90eXBlIjoiYWNjZXNzIn0.nYqseLzq6sA39dcqkZUIVor_C1PD2qaz2_QKW"
      "9FEPr0";
  const TokenVerifier lenient("freshet", {}, ForeignIssuer{kSecret, "", "", false});
  const auto foreign_claims = lenient.verify(theirs, TokenKind::kAccess, kNow);
  REQUIRE(foreign_claims.ok());
  CHECK(foreign_claims->subject == "42");
  CHECK(foreign_claims->origin == Origin::kForeign);
  CHECK(!our_verifier().verify(theirs, TokenKind::kAccess, kNow).ok());
}

TEST_CASE("a token of the other system makes staff only where a setting says so") {
  const std::string token = make(kForeignHeader, foreign({{"is_staff", "true"}}), Signed::kSecret);
  CHECK(!verifier_with_foreign().verify(token, TokenKind::kAccess, kNow)->is_staff);
  const TokenVerifier trusting("freshet", {}, ForeignIssuer{kSecret, "other", "freshet", true});
  CHECK(trusting.verify(token, TokenKind::kAccess, kNow)->is_staff);
}

TEST_CASE("keys are read strictly and named by their RFC 7638 thumbprint") {
  const auto key = parse_verify_key(kPublic);
  REQUIRE(key.ok());
  CHECK(key->kid == kThumbprint);
  CHECK(SigningKey::parse(kSeed)->verify_key().kid == kThumbprint);
  CHECK(SigningKey::parse(kSeed)->verify_key().bytes == key->bytes);
  for (const char* text : {"", "AAAA", "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=", "nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A", "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2AA"}) {
    CAPTURE(text);
    CHECK(!SigningKey::parse(text).ok());
    CHECK(!parse_verify_key(text).ok());
  }
}

TEST_CASE("the key set is RFC 7517 JSON and holds nothing secret") {
  const auto key = SigningKey::parse(kSeed).value();
  const std::string text = encode_jwks({key.verify_key()});
  CHECK(text == std::string(R"({"keys":[{"kty":"OKP","crv":"Ed25519","x":")") + kPublic + R"(","kid":")" + kThumbprint + R"(","use":"sig","alg":"EdDSA"}]})");
  CHECK(encode_jwks({}) == R"({"keys":[]})");
}

}  // namespace
}  // namespace freshet
