#include "broker/server/authenticator.hpp"

#include <doctest/doctest.h>

#include "shared/text.hpp"
#include "tests/support/manual_clock.hpp"

using namespace freshet;
using namespace freshet::broker;

namespace {

const std::string kUser = "01HF0000000000000000000001";
const std::string kFamily = "01HF0000000000000000000002";

struct World {
  testing::ManualClock clock;
  testing::SeededRandom random{1};
  SigningKey key = *SigningKey::parse(base64url_encode(std::string(32, 'k')));
  Standing standing{clock};
  Authenticator authenticator{TokenVerifier("freshet", {key.verify_key()}), standing, clock};

  std::string token(TokenKind kind) {
    return sign_token(make_claims(kind, kUser, kFamily, false, clock.wall(), random), "freshet", key);
  }
  Result<std::optional<Holder>> ask(std::string query, HeaderList headers = {}) {
    Request request;
    request.query = std::move(query);
    request.headers = std::move(headers);
    return authenticator.identify(request);
  }
};

}  // namespace

TEST_CASE("a request that carries nothing is anonymous") {
  World world;
  CHECK_FALSE(world.ask("")->has_value());
  CHECK_FALSE(world.ask("token=&ticket=", {{"Cookie", "other=1; __Host-freshet="}})->has_value());
}

TEST_CASE("a token is taken from the header, the query or the cookie") {
  World world;
  const std::string token = world.token(TokenKind::kAccess);
  const auto user_of = [&](std::string query, HeaderList headers = {}) { return (*world.ask(std::move(query), std::move(headers)))->user; };
  const std::string user = "own:" + kUser;
  CHECK(user_of("", {{"Authorization", "Bearer " + token}}) == user);
  CHECK(user_of("", {{"authorization", "token  " + token}}) == user);
  CHECK(user_of("a=b&token=" + token) == user);
  CHECK(user_of("", {{"Cookie", "a=b;  __Host-freshet=" + token}}) == user);
}

TEST_CASE("what is carried and not believed is refused, wherever it is") {
  World world;
  const std::string token = world.token(TokenKind::kAccess);
  CHECK_FALSE(world.ask("token=garbage").ok());
  CHECK_FALSE(world.ask("ticket=garbage").ok());
  CHECK_FALSE(world.ask("ticket=" + token).ok());
  CHECK_FALSE(world.ask("token=" + world.token(TokenKind::kTicket)).ok());
  CHECK_FALSE(world.ask("token=" + world.token(TokenKind::kRefresh)).ok());
  CHECK_FALSE(world.ask("", {{"Authorization", "Basic " + token}}).ok());
  CHECK_FALSE(world.ask("", {{"Authorization", token}}).ok());
  CHECK_FALSE(world.ask("", {{"Cookie", "__Host-freshet=a.b.c"}}).ok());
  CHECK_FALSE(world.ask("token=" + token, {{"Authorization", "Bearer garbage"}}).ok());
  world.clock.advance(std::chrono::minutes(61));
  CHECK(world.ask("token=" + token).error().code == Errc::kUnauthenticated);
}

TEST_CASE("a stream lasts as long as its token, and one opened by a ticket as long as an access token") {
  World world;
  for (const auto& query : {"token=" + world.token(TokenKind::kAccess), "ticket=" + world.token(TokenKind::kTicket)}) {
    const auto holder = world.ask(query);
    REQUIRE(holder.ok());
    const auto left = (*holder)->expires_at - world.clock.wall();
    CHECK(left > kAccessLifetime - std::chrono::seconds(1));
    CHECK(left <= kAccessLifetime);
  }
}

TEST_CASE("a token that was taken back opens nothing") {
  World world;
  static_cast<void>(world.standing.note("log.token." + kFamily, R"({"user":"u","jti":"j","rotated_at":"2026-01-01T00:00:00.000Z","revoked":true})"));
  CHECK(world.ask("token=" + world.token(TokenKind::kAccess)).error().code == Errc::kUnauthenticated);
  CHECK(world.ask("ticket=" + world.token(TokenKind::kTicket)).error().code == Errc::kUnauthenticated);
}

TEST_CASE("a ticket opens one stream") {
  World world;
  const std::string ticket = world.token(TokenKind::kTicket);
  CHECK(world.ask("ticket=" + ticket).ok());
  CHECK_FALSE(world.ask("ticket=" + ticket).ok());
  CHECK(world.ask("ticket=" + world.token(TokenKind::kTicket)).ok());
}
