// Who is let in, and what an instance may remember of it.
#include "functions/api/authentication.hpp"
#include "shared/auth/token_family.hpp"
#include "tests/unit/functions/api/account_site.hpp"

using namespace freshet;
using namespace freshet::api;
using namespace freshet::api::testing;

namespace {

struct Door {
  Door() {
    sequence = site.add_user("anna", Rights::kStaff);
    pair = site.login("anna", "a long password");
    authorization = "Bearer " + *json_text(pair, "access");
    site.clock.advance(TokenGate::kUnsettled);
    site.log.reads = 0;
  }
  bool admits() { return site.token_gate.admit(authorization).ok(); }
  std::string family() {
    return site.keys.verifier().verify(*json_text(pair, "access"), freshet::TokenKind::kAccess, site.clock.wall())->family;
  }
  void revoke() {
    TokenFamily state = *decode_token_family(site.log.read(token_subject(family()))->payload);
    state.revoked = true;
    site.log.messages.push_back(Logged{token_subject(family()), {site.log.messages.size() + 1}, {}, encode_token_family(state)});
    site.log.reads = 0;
  }
  AccountSite site;
  StreamSequence sequence{};
  Json pair;
  std::string authorization;
};

}  // namespace

TEST_CASE("a token is what stands behind Bearer or Token") {
  struct Row {
    const char* header;
    const char* token;  // nullptr: none
  };
  for (const Row& row : {Row{"Bearer x", "x"}, {"bearer x", "x"}, {"TOKEN x", "x"}, {"Token   x ", "x"}, {"Bearer", nullptr}, {"", nullptr}, {"x", nullptr},
                         {"Basic x", nullptr}, {"Bearerx x", nullptr}, {" Bearer x", "x"}}) {
    CAPTURE(row.header);
    const auto token = token_of(row.header);
    CHECK(token.has_value() == (row.token != nullptr));
    if (token && row.token != nullptr) CHECK(*token == row.token);
  }
}

TEST_CASE("a principal is who the log says he is today") {
  Door door;
  const auto principal = door.site.token_gate.admit(door.authorization);
  REQUIRE(principal.ok());
  CHECK(principal->username == "anna");
  CHECK(principal->is_staff);
  CHECK(principal->sequence == door.sequence);
  CHECK(principal->family == door.family());
}

TEST_CASE("a token is checked once while this instance hears everything, and again as soon as it may have missed something") {
  Door door;
  for (int i = 0; i < 3; ++i) CHECK(door.admits());
  CHECK(door.site.log.reads == 2);  // family and user, once
  door.site.freshness.is_current = false;
  CHECK(door.admits());
  CHECK(door.site.log.reads == 4);
  door.site.freshness.is_current = true;
  door.site.freshness.number += 1;  // another connection
  CHECK(door.admits());
  CHECK(door.site.log.reads == 6);
  CHECK(door.admits());
  CHECK(door.site.log.reads == 6);
}

TEST_CASE("a revocation is heard from the log and from the store, for this family only") {
  for (const char* prefix : {"log.token.", "live.invalidate.token."}) {
    CAPTURE(prefix);
    Door door;
    CHECK(door.admits());
    door.revoke();
    door.site.token_gate.invalidate(std::string(prefix) + "01ARZ3NDEKTSV4RRFFQ69G5FAV");
    door.site.token_gate.invalidate("live.invalidate.article.01ARZ3NDEKTSV4RRFFQ69G5FAV");
    door.site.token_gate.invalidate("live.applied.local.a");
    CHECK(door.admits());  // it was not told
    door.site.token_gate.invalidate(prefix + door.family());
    CHECK(!door.admits());
  }
}

TEST_CASE("a read model that was built anew makes every token be looked up again") {
  for (const char* all : {"live.invalidate.token.all", "live.invalidate.user.all"}) {
    CAPTURE(all);
    Door door;
    CHECK(door.admits());
    door.revoke();
    door.site.token_gate.invalidate(all);
    CHECK(!door.admits());
  }
}

TEST_CASE("what was read just after hearing of a change is not remembered, since it may be the old state") {
  Door door;
  door.site.token_gate.invalidate("log.token." + door.family());  // heard before it is stored
  CHECK(door.admits());                                            // reads the old state
  door.revoke();
  CHECK(!door.admits());  // and does not keep it
  Door other;
  other.site.token_gate.invalidate("log.token." + other.family());
  other.site.clock.advance(std::chrono::milliseconds(2000));
  CHECK(other.admits());
  CHECK(other.admits());
  CHECK(other.site.log.reads == 2);
}

TEST_CASE("an account that changed refuses the tokens issued before") {
  Door door;
  CHECK(door.admits());
  User user = door.site.user("anna");
  user.tokens_valid_from = door.site.clock.wall() + std::chrono::milliseconds(1);
  door.site.store_user(user);
  CHECK(!door.admits());
  user.tokens_valid_from = {};
  user.active = false;
  door.site.store_user(user);
  CHECK(!door.admits());
  user.active = true;
  user.is_staff = false;
  door.site.store_user(user);
  CHECK(!door.site.token_gate.admit(door.authorization)->is_staff);
}

TEST_CASE("a remembered token ends when it expires") {
  Door door;
  CHECK(door.admits());
  door.site.clock.advance(std::chrono::minutes(60));
  CHECK(!door.admits());
  CHECK(!door.admits());
}

TEST_CASE("a token whose family or user the log does not have is refused") {
  Door door;
  for (const auto& subject : {token_subject(door.family()), user_subject(door.site.user("anna").id)}) {
    Door other;
    other.site.log.messages.clear();
    other.authorization = door.authorization;
    for (const auto& message : door.site.log.messages) {
      if (message.subject != subject) other.site.log.messages.push_back(message);
    }
    CHECK(!other.admits());
  }
}

TEST_CASE("what is remembered is bounded") {
  Door door;
  for (std::size_t i = 0; i < TokenGate::kRememberedMax + 10; ++i) {
    const Claims claims = make_claims(freshet::TokenKind::kAccess, door.site.user("anna").id, door.family(), false, door.site.clock.wall(), door.site.random);
    CHECK(door.site.token_gate.admit("Bearer " + door.site.keys.sign(claims)).ok());
  }
  CHECK(door.site.token_gate.remembered() <= TokenGate::kRememberedMax);
}

TEST_CASE("somebody of another system has the name his token gives, and is no staff") {
  AccountSite site;
  const auto stranger = [&](const char* sub) {
    const std::string text = base64url_encode(R"({"alg":"HS256","typ":"JWT"})") + '.' +
                             base64url_encode(std::string(R"({"sub":")") + sub + R"(","exp":1700003600,"iat":1700000000,"is_staff":true})");
    std::string mac(crypto_auth_hmacsha256_BYTES, '\0');
    crypto_auth_hmacsha256_state state;
    crypto_auth_hmacsha256_init(&state, reinterpret_cast<const unsigned char*>(site.settings.hs256_secret.data()), site.settings.hs256_secret.size());
    crypto_auth_hmacsha256_update(&state, reinterpret_cast<const unsigned char*>(text.data()), text.size());
    crypto_auth_hmacsha256_final(&state, reinterpret_cast<unsigned char*>(mac.data()));
    return "Token " + text + '.' + base64url_encode(mac);
  };
  const auto principal = site.token_gate.admit(stranger("42"));
  REQUIRE(principal.ok());
  CHECK(principal->id == "42");
  CHECK(!principal->is_staff);
  CHECK(site.log.reads == 0);
  const Response me = site.call("GET", "/api/users/me/", {}, {{"authorization", stranger("42")}});
  CHECK(me.status == 200);
  CHECK(me.body == R"({"id":"42","username":"42","name":"","avatar":"","is_staff":false,"groups":[]})");
  CHECK(site.call("PATCH", "/api/users/me/", R"({"name":"x"})", {{"authorization", stranger("42")}}).status == 403);
  CHECK(site.call("POST", "/api/stream-ticket/", {}, {{"authorization", stranger("42")}}).status == 200);

  // With the id of one of our users he is that user, while the account is open.
  site.add_user("anna", Rights::kStaff);
  User anna = site.user("anna");
  CHECK(site.token_gate.admit(stranger(anna.id.c_str()))->username == "anna");
  CHECK(!site.token_gate.admit(stranger(anna.id.c_str()))->is_staff);
  anna.active = false;
  site.store_user(anna);
  CHECK(!site.token_gate.admit(stranger(anna.id.c_str())).ok());
}
