// AccountSite: a Site with real tokens, and users whose password is "a long password".
#pragma once

#include <sodium.h>

#include "shared/auth/password.hpp"
#include "shared/id.hpp"
#include "shared/unicode.hpp"
#include "tests/unit/functions/api/site.hpp"

namespace freshet::api::testing {

enum class Rights : std::uint8_t { kNone, kStaff };

inline std::string weak_hash(std::string_view password) {
  std::array<char, crypto_pwhash_STRBYTES> out{};
  REQUIRE(crypto_pwhash_str_alg(out.data(), password.data(), password.size(), 1, 8u << 20, crypto_pwhash_ALG_ARGON2ID13) == 0);
  return out.data();
}

class AccountSite : public Site {
 public:
  AccountSite() : Site(Tokens::kReal) {}

  // Straight into the log, as the command line does it. The sequence of his state.
  StreamSequence add_user(std::string_view name, Rights rights = Rights::kNone) {
    static const std::string hash = hash_password("a long password").value();
    User user;
    user.id = make_id(clock.wall(), random);
    user.username = name;
    user.password = hash;
    user.is_staff = rights == Rights::kStaff;
    user.created_at = clock.wall();
    log.messages.push_back(Logged{username_subject(fold(name)), {log.messages.size() + 1}, {}, "{\"id\":\"" + user.id + "\"}"});
    return store_user(user);
  }
  StreamSequence store_user(const User& user) {
    log.messages.push_back(Logged{user_subject(user.id), {log.messages.size() + 1}, {}, encode_user(user)});
    token_gate.invalidate(user_subject(user.id));
    return {log.messages.size()};
  }
  User user(std::string_view name) {
    const Json claim = *parse_json(log.read(username_subject(fold(name)))->payload);
    return *decode_user(log.read(user_subject(*json_text(claim, "id")))->payload);
  }
  Json login(std::string_view name, std::string_view password) {
    const Response answer = call("POST", "/api/token/", "{\"username\":\"" + std::string(name) + "\",\"password\":\"" + std::string(password) + "\"}");
    REQUIRE(answer.status == 200);
    return json_of(answer);
  }
  Response refresh(const Json& pair, std::string key = {}) {
    HeaderList headers;
    if (!key.empty()) headers.emplace_back("idempotency-key", std::move(key));
    return call("POST", "/api/token/refresh/", "{\"refresh\":\"" + *json_text(pair, "refresh") + "\"}", std::move(headers));
  }
  Response as(const Json& pair, std::string_view method, std::string target, std::string body = {}, HeaderList headers = {}) {
    // What the log would tell every instance.
    for (; told_ < log.messages.size(); ++told_) token_gate.invalidate(log.messages[told_].subject);
    headers.emplace_back("authorization", "Bearer " + *json_text(pair, "access"));
    return call(method, std::move(target), std::move(body), std::move(headers));
  }

 private:
  std::size_t told_ = 0;
};

}  // namespace freshet::api::testing
