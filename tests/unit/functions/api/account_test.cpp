// CONTRACT 2, over real tokens and passwords and a log in memory.
#include "shared/auth/password.hpp"
#include "shared/auth/token_family.hpp"
#include "shared/id.hpp"
#include "tests/unit/functions/api/account_site.hpp"

using namespace freshet;
using namespace freshet::api;
using namespace freshet::api::testing;

TEST_CASE("a new user gets a profile, no tokens, and can log in") {
  AccountSite site;
  const Response made = site.call("POST", "/api/users/", R"({"username":"Anna","password":"a long password","name":"Anna A","email":"a@b.example"})");
  REQUIRE(made.status == 201);
  const Json profile = json_of(made);
  CHECK(profile.size() == 6);
  CHECK(is_id(*json_text(profile, "id")));
  CHECK(*json_text(profile, "username") == "Anna");
  CHECK(!json_true(profile, "is_staff"));
  CHECK(header_of(made, "freshet-position") == "abcd1234-2");
  CHECK(header_of(made, "etag").starts_with("\"abcd1234-2-"));
  CHECK(header_of(made, "cache-control").find("no-store") != std::string::npos);
  CHECK(site.log.batches == 1);
  const Json pair = site.login("Anna", "a long password");
  CHECK(pair.size() == 2);
  CHECK(site.as(pair, "GET", "/api/users/me/").status == 200);
}

TEST_CASE("a login that is wrong is 401, and reads the same for a name that nobody has") {
  AccountSite site;
  site.add_user("anna");
  const Response wrong = site.call("POST", "/api/token/", R"({"username":"anna","password":"not the password"})");
  const Response unknown = site.call("POST", "/api/token/", R"({"username":"nobody","password":"not the password"})");
  CHECK(wrong.status == 401);
  CHECK(wrong.body == unknown.body);
  CHECK(header_of(wrong, "www-authenticate").starts_with("Bearer"));
  CHECK(find_header(wrong.headers, "set-cookie") == nullptr);
  for (const char* body : {"", "[]", "{}", R"({"username":"anna"})", R"({"username":7,"password":"x"})", R"({"username":"anna","password":null})"}) {
    CAPTURE(body);
    CHECK(site.call("POST", "/api/token/", body).status == 400);
  }
  User closed = site.user("anna");
  closed.active = false;
  site.store_user(closed);
  CHECK(site.call("POST", "/api/token/", R"({"username":"anna","password":"a long password"})").status == 401);
}

TEST_CASE("a name is found and taken whatever its case and form") {
  AccountSite site;
  site.add_user("Ünique");
  CHECK(site.login("ünIQUE", "a long password").size() == 2);
  for (const char* name : {"Ünique", "ÜNIQUE", "U\xCC\x88nique", "ünique", "\xEF\xBD\x95\xCC\x88nique"}) {
    CAPTURE(name);
    const Response again = site.call("POST", "/api/users/", std::string(R"({"username":")") + name + R"(","password":"a long password"})");
    CHECK(again.status == 409);
    CHECK(json_member(*json_member(json_of(again), "errors"), "username") != nullptr);
  }
}

TEST_CASE("of two who want a name at once one gets it") {
  AccountSite site;
  site.log.before_store = [&] { site.add_user("anna"); };
  CHECK(site.call("POST", "/api/users/", R"({"username":"ANNA","password":"a long password"})").status == 409);
}

TEST_CASE("what is no user is 400 and every bad field is named") {
  const std::string long_name(151, 'n');
  struct Row {
    std::string body;
    std::vector<std::string> fields;
  };
  const Row rows[] = {
      {R"({})", {"password", "username"}},
      {R"({"username":"ab","password":"a long password"})", {"username"}},
      {R"({"username":"with space","password":"a long password"})", {"username"}},
      {R"({"username":"a;b","password":"1234567"})", {"password", "username"}},
      {R"({"username":"anna","password":"a long password","name":")" + long_name + R"("})", {"name"}},
      {R"({"username":"anna","password":"a long password","email":"no address"})", {"email"}},
      {R"({"username":"anna","password":"a long password","email":"a@@b"})", {"email"}},
      {R"({"username":"anna","password":"a long password","avatar":"javascript:x"})", {"avatar"}},
      {R"({"username":"anna","password":["a long password"]})", {"password"}},
  };
  AccountSite site;
  for (const Row& row : rows) {
    CAPTURE(row.body);
    const Response refused = site.call("POST", "/api/users/", row.body);
    CHECK(refused.status == 400);
    std::vector<std::string> named;
    const Json body = json_of(refused);
    for (const auto& [name, why] : json_member(body, "errors")->items()) named.push_back(name);
    CHECK(named == row.fields);
  }
  CHECK(site.log.messages.empty());
}

TEST_CASE("with registration off only staff makes users") {
  AccountSite site;
  site.settings.registration = Registration::kOff;
  const std::string body = R"({"username":"anna","password":"a long password"})";
  CHECK(site.call("POST", "/api/users/", body).status == 403);
  site.add_user("boss", Rights::kStaff);
  CHECK(site.as(site.login("boss", "a long password"), "POST", "/api/users/", body).status == 201);
}

TEST_CASE("a POST of a user with an Idempotency-Key happens once") {
  AccountSite site;
  site.add_user("boss", Rights::kStaff);
  const Json boss = site.login("boss", "a long password");
  const std::string body = R"({"username":"anna","password":"a long password"})";
  const Response first = site.as(boss, "POST", "/api/users/", body, {{"idempotency-key", "k"}});
  const auto stored = site.log.messages.size();
  const Response again = site.as(boss, "POST", "/api/users/", body, {{"idempotency-key", "k"}});
  CHECK(first.status == 201);
  CHECK(again.status == 201);
  CHECK(again.body == first.body);
  CHECK(header_of(again, "etag") == header_of(first, "etag"));
  CHECK(header_of(again, "freshet-position") == header_of(first, "freshet-position"));
  CHECK(site.log.messages.size() == stored);
}

TEST_CASE("one's own profile is asked for no older than the log has it, and changed with If-Match") {
  AccountSite site;
  const StreamSequence sequence = site.add_user("anna");
  const Json pair = site.login("anna", "a long password");
  site.store.answer = Answer{"abcd1234-9", "\"abcd1234-9-1-en\"", "", R"({"id":"x","username":"anna","groups":[{"id":"g","name":"G"}]})"};
  const Response me = site.as(pair, "GET", "/api/users/me/");
  CHECK(me.status == 200);
  CHECK(site.store.questions.back().query == "users.get");
  CHECK(site.store.questions.back().min_position == format_position("abcd1234", sequence));
  const std::string etag = header_of(me, "etag");
  CHECK(parse_etag(etag)->sequence == sequence);
  CHECK(site.as(pair, "GET", "/api/users/me/", {}, {{"if-none-match", etag}}).status == 304);

  const Response changed = site.as(pair, "PATCH", "/api/users/me/", R"({"name":"New","is_staff":true,"id":"x"})", {{"if-match", etag}});
  CHECK(changed.status == 200);
  CHECK(*json_text(json_of(changed), "name") == "New");
  CHECK(!json_true(json_of(changed), "is_staff"));
  CHECK(json_member(json_of(changed), "groups")->size() == 1);
  CHECK(site.as(pair, "PATCH", "/api/users/me/", R"({"name":"Newer"})", {{"if-match", etag}}).status == 412);
  CHECK(site.user("anna").name == "New");
}

TEST_CASE("a new password needs the old one and ends every session") {
  AccountSite site;
  site.add_user("anna");
  site.store.answer = Answer{"abcd1234-9", "\"abcd1234-9-1-en\"", "", R"({"groups":[]})"};
  const Json pair = site.login("anna", "a long password");
  CHECK(site.as(pair, "PATCH", "/api/users/me/", R"({"password":"another password"})").status == 400);
  CHECK(site.as(pair, "PATCH", "/api/users/me/", R"({"password":"another password","current_password":"not the password"})").status == 400);
  CHECK(site.as(pair, "PATCH", "/api/users/me/", R"({"password":"short","current_password":"a long password"})").status == 400);
  CHECK(site.as(pair, "GET", "/api/users/me/").status == 200);
  CHECK(site.as(pair, "PATCH", "/api/users/me/", R"({"password":"another password","current_password":"a long password"})").status == 200);
  CHECK(site.as(pair, "GET", "/api/users/me/").status == 401);
  CHECK(site.refresh(pair).status == 401);
  CHECK(site.call("POST", "/api/token/", R"({"username":"anna","password":"a long password"})").status == 401);
  // In the same millisecond: the new pair counts.
  const Json fresh = site.login("anna", "another password");
  CHECK(site.as(fresh, "GET", "/api/users/me/").status == 200);
}

TEST_CASE("a hash with older figures is made anew at the next login, and no session ends") {
  AccountSite site;
  site.add_user("anna");
  User user = site.user("anna");
  const Json before = site.login("anna", "a long password");
  user.password = weak_hash("a long password");
  REQUIRE(needs_rehash(user.password));
  site.store_user(user);
  site.login("anna", "a long password");
  CHECK(!needs_rehash(site.user("anna").password));
  CHECK(site.as(before, "GET", "/api/users/me/").status == 200);
}

TEST_CASE("a refresh rotates, its repeat with the key gives the same pair, and any other reuse revokes the family") {
  AccountSite site;
  site.add_user("anna");
  const Json first = site.login("anna", "a long password");
  const Response rotated = site.refresh(first, "key-1");
  CHECK(rotated.status == 200);
  site.clock.advance(std::chrono::seconds(60));
  CHECK(site.refresh(first, "key-1").body == rotated.body);
  const Json second = json_of(rotated);
  CHECK(*json_text(second, "refresh") != *json_text(first, "refresh"));
  CHECK(site.as(first, "GET", "/api/users/me/").status == 200);
  CHECK(site.as(second, "GET", "/api/users/me/").status == 200);
  const Json third = json_of(site.refresh(second));
  CHECK(site.refresh(second).status == 401);  // no key: a reuse
  for (const Json* pair : {&first, &second, &third}) {
    CHECK(site.as(*pair, "GET", "/api/users/me/").status == 401);
    CHECK(site.refresh(*pair).status == 401);
  }
}

TEST_CASE("a repeat is no repeat with another key, after a minute, or after the next rotation") {
  for (const int how : {0, 1, 2}) {
    CAPTURE(how);
    AccountSite site;
    site.add_user("anna");
    const Json first = site.login("anna", "a long password");
    const Json second = json_of(site.refresh(first, "key"));
    if (how == 1) site.clock.advance(std::chrono::milliseconds(60'001));
    if (how == 2) site.refresh(second, "next");
    CHECK(site.refresh(first, how == 0 ? "other" : "key").status == 401);
    CHECK(site.refresh(second, "next").status == 401);
  }
}

TEST_CASE("of two who refresh at once with one key both get the same pair") {
  AccountSite site;
  site.add_user("anna");
  const Json first = site.login("anna", "a long password");
  std::string other;
  site.log.before_store = [&] { other = site.refresh(first, "key").body; };
  CHECK(site.refresh(first, "key").body == other);
  CHECK(!other.empty());
}

TEST_CASE("a logout ends the family and clears the cookie that the login set") {
  AccountSite site;
  site.add_user("anna");
  const Response login = site.call("POST", "/api/token/", R"({"username":"anna","password":"a long password"})");
  const std::string cookie = header_of(login, "set-cookie");
  CHECK(cookie.starts_with("__Host-freshet=" + *json_text(json_of(login), "access") + "; "));
  for (const char* part : {"; Path=/", "; Secure", "; HttpOnly", "; SameSite=Lax", "; Max-Age=3600"}) CHECK(cookie.find(part) != std::string::npos);
  const Json pair = json_of(login);
  CHECK(site.call("GET", "/api/users/me/", {}, {{"cookie", "__Host-freshet=" + *json_text(pair, "access")}}).status == 401);  // REST ignores it
  const Response logout = site.call("POST", "/api/token/blacklist/", "{\"refresh\":\"" + *json_text(pair, "refresh") + "\"}");
  CHECK(logout.status == 200);
  CHECK(header_of(logout, "set-cookie").starts_with("__Host-freshet=; Path=/; Max-Age=0; "));
  CHECK(site.as(pair, "GET", "/api/users/me/").status == 401);
  CHECK(site.refresh(pair).status == 401);
  for (const char* body : {R"({})", R"({"refresh":7})"}) CHECK(site.call("POST", "/api/token/blacklist/", body).status == 400);
  CHECK(site.call("POST", "/api/token/blacklist/", R"({"refresh":"x"})").status == 401);
}

TEST_CASE("verify says whether a token holds now, of either kind") {
  AccountSite site;
  site.add_user("anna");
  const Json pair = site.login("anna", "a long password");
  const auto verify = [&](const std::string& token) { return site.call("POST", "/api/token/verify/", "{\"token\":\"" + token + "\"}").status; };
  CHECK(verify(*json_text(pair, "access")) == 200);
  CHECK(verify(*json_text(pair, "refresh")) == 200);
  CHECK(verify("x") == 401);
  site.clock.advance(std::chrono::minutes(60));
  CHECK(verify(*json_text(pair, "access")) == 401);
  CHECK(verify(*json_text(pair, "refresh")) == 200);
  site.call("POST", "/api/token/blacklist/", "{\"refresh\":\"" + *json_text(pair, "refresh") + "\"}");
  CHECK(verify(*json_text(pair, "refresh")) == 401);
}

TEST_CASE("ten failures close an account for the window, whoever it is, and a success does not count") {
  for (const char* name : {"anna", "nobody"}) {
    CAPTURE(name);
    AccountSite site;
    site.add_user("anna");
    for (int i = 0; i < 12; ++i) site.login("anna", "a long password");
    const auto attempt = [&](const char* password) {
      return site.call("POST", "/api/token/", std::string("{\"username\":\"") + name + "\",\"password\":\"" + password + "\"}");
    };
    for (int i = 0; i < 10; ++i) CHECK(attempt("short").status == 401);
    for (const char* password : {"short", "a long password"}) {
      const Response refused = attempt(password);
      CHECK(refused.status == 429);
      const int wait_s = std::stoi(header_of(refused, "retry-after"));
      CHECK(wait_s > 0);
      CHECK(wait_s <= 900);
    }
    site.clock.advance(std::chrono::minutes(15));
    CHECK(attempt("short").status == 401);
  }
}

TEST_CASE("a hundred failures close an address, where the proxy tells it") {
  AccountSite site;
  site.add_user("anna");
  const HeaderList from{{"x-real-ip", "192.0.2.1"}, {"x-freshet-proxy-secret", "proxy"}};
  for (int i = 0; i < 100; ++i) {
    CHECK(site.call("POST", "/api/token/", "{\"username\":\"nobody" + std::to_string(i) + "\",\"password\":\"short\"}", from).status == 401);
  }
  const std::string good = R"({"username":"anna","password":"a long password"})";
  CHECK(site.call("POST", "/api/token/", good, from).status == 429);
  CHECK(site.call("POST", "/api/token/", good, {{"x-real-ip", "192.0.2.1"}}).status == 200);  // without the secret nobody is believed
  CHECK(site.call("POST", "/api/token/", good, {{"x-real-ip", "192.0.2.2"}, {"x-freshet-proxy-secret", "proxy"}}).status == 200);
}

TEST_CASE("a ticket is a token of its own kind") {
  AccountSite site;
  site.add_user("anna");
  const Json pair = site.login("anna", "a long password");
  CHECK(site.call("POST", "/api/stream-ticket/").status == 401);
  const Response answer = site.as(pair, "POST", "/api/stream-ticket/");
  CHECK(answer.status == 200);
  CHECK(json_integer(json_of(answer), "expires_in") == 30);
  const std::string ticket = *json_text(json_of(answer), "ticket");
  const auto claims = site.keys.verifier().verify(ticket, freshet::TokenKind::kTicket, site.clock.wall());
  REQUIRE(claims.ok());
  CHECK(claims->subject == site.user("anna").id);
  CHECK(is_id(claims->family));
  CHECK(site.call("GET", "/api/users/me/", {}, {{"authorization", "Bearer " + ticket}}).status == 401);
}

TEST_CASE("groups are kept by staff, and a member is put in and taken out as often as one likes") {
  AccountSite site;
  site.add_user("boss", Rights::kStaff);
  site.add_user("anna");
  const Json boss = site.login("boss", "a long password");
  const Json anna = site.login("anna", "a long password");
  CHECK(site.as(anna, "POST", "/api/groups/", R"({"name":"College"})").status == 403);
  CHECK(site.as(boss, "POST", "/api/groups/", R"({"name":""})").status == 400);
  const Response made = site.as(boss, "POST", "/api/groups/", R"({"name":"College"})", {{"idempotency-key", "g"}});
  CHECK(made.status == 201);
  CHECK(json_of(made).size() == 2);
  CHECK(site.as(boss, "POST", "/api/groups/", R"({"name":"College"})", {{"idempotency-key", "g"}}).body == made.body);
  const std::string id = *json_text(json_of(made), "id");
  const std::string member = "/api/groups/" + id + "/members/" + site.user("anna").id + "/";
  const auto members = [&] { return decode_group(site.log.read(group_subject(id))->payload)->members; };
  for (int i = 0; i < 2; ++i) CHECK(site.as(boss, "PUT", member).status == 204);
  CHECK(members() == std::vector<std::string>{site.user("anna").id});
  CHECK(site.as(anna, "DELETE", member).status == 403);
  for (int i = 0; i < 2; ++i) CHECK(site.as(boss, "DELETE", member).status == 204);
  CHECK(members().empty());
  CHECK(site.as(boss, "PUT", "/api/groups/" + id + "/members/nobody/").status == 404);
  CHECK(site.as(boss, "PUT", "/api/groups/nothing/members/" + site.user("anna").id + "/").status == 404);
  CHECK(site.as(boss, "GET", "/api/groups/").status == 200);
  CHECK(site.store.questions.back().query == "groups.list");
  CHECK(site.as(boss, "GET", "/api/users/?page=0").status == 400);
  CHECK(site.as(anna, "GET", "/api/users/").status == 403);
}

TEST_CASE("with nats-server away every call on accounts is 503") {
  AccountSite site;
  site.add_user("anna");
  const Json pair = site.login("anna", "a long password");
  site.log.down = site.counters.down = true;
  CHECK(site.call("POST", "/api/token/", R"({"username":"anna","password":"a long password"})").status == 503);
  CHECK(site.refresh(pair).status == 503);
  CHECK(site.call("POST", "/api/users/", R"({"username":"anna","password":"a long password"})").status == 503);
  site.freshness.is_current = false;
  CHECK(site.as(pair, "GET", "/api/users/me/").status == 503);
}
