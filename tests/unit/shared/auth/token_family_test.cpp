#include "shared/auth/token_family.hpp"

#include <doctest/doctest.h>

namespace freshet {
namespace {

using namespace std::chrono_literals;

const WallTime kNow{1'800'000'000'000ms};

TEST_CASE("a family survives encoding, and what is no family is refused") {
  const TokenFamily family{"01JD5Q0000AAAAAAAAAAAAAAAA", "jti", "access", "previous", kNow, "key", true};
  const auto read = decode_token_family(encode_token_family(family));
  REQUIRE(read.ok());
  CHECK(*read == family);
  for (const char* text : {"", "[]", "{}", R"({"user":"u","jti":"j"})", R"({"user":7,"jti":"j","rotated_at":"2026-01-01T00:00:00.000Z"})"}) {
    CAPTURE(text);
    CHECK(!decode_token_family(text).ok());
  }
}

TEST_CASE("a token stands while family and account let it") {
  Claims claims;
  claims.subject = "u";
  claims.issued_at = kNow;
  const TokenFamily family{"u", "j", "a", "", kNow, "", false};
  User user;
  user.id = "u";
  user.tokens_valid_from = kNow;
  CHECK(check_standing(claims, family, user).ok());
  const auto refused = [&](auto change) {
    Claims c = claims;
    TokenFamily f = family;
    User u = user;
    change(c, f, u);
    const auto outcome = check_standing(c, f, u);
    return !outcome.ok() && outcome.error().code == Errc::kUnauthenticated;
  };
  CHECK(refused([](Claims&, TokenFamily& f, User&) { f.revoked = true; }));
  CHECK(refused([](Claims&, TokenFamily& f, User&) { f.user = "v"; }));
  CHECK(refused([](Claims&, TokenFamily&, User& u) { u.active = false; }));
  CHECK(refused([](Claims&, TokenFamily&, User& u) { u.id = "v"; }));
  CHECK(refused([](Claims&, TokenFamily&, User& u) { u.tokens_valid_from += 1ms; }));
  CHECK(refused([](Claims& c, TokenFamily&, User&) { c.issued_at -= 1ms; }));
}

}  // namespace
}  // namespace freshet
