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
  Authenticator authenticator{TokenVerifier("freshet", {key.verify_key()}), clock};

  std::string token(TokenKind kind) {
    return sign_token(make_claims(kind, kUser, kFamily, false, clock.wall(), random), "freshet", key);
  }
  Result<std::optional<std::string>> ask(std::string query, HeaderList headers = {}) {
    Request request;
    request.query = std::move(query);
    request.headers = std::move(headers);
    return authenticator.identify(request);
  }
};

}  // namespace

TEST_CASE("a request that carries nothing is anonymous") {
  World world;
  CHECK(*world.ask("") == std::nullopt);
  CHECK(*world.ask("token=&ticket=", {{"Cookie", "other=1; __Host-freshet="}}) == std::nullopt);
}

TEST_CASE("a token is taken from the header, the query or the cookie") {
  World world;
  const std::string token = world.token(TokenKind::kAccess);
  const std::optional<std::string> user = "own:" + kUser;
  CHECK(*world.ask("", {{"Authorization", "Bearer " + token}}) == user);
  CHECK(*world.ask("", {{"authorization", "token  " + token}}) == user);
  CHECK(*world.ask("a=b&token=" + token) == user);
  CHECK(*world.ask("", {{"Cookie", "a=b;  __Host-freshet=" + token}}) == user);
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

TEST_CASE("a ticket opens one stream") {
  World world;
  const std::string ticket = world.token(TokenKind::kTicket);
  CHECK(world.ask("ticket=" + ticket).ok());
  CHECK_FALSE(world.ask("ticket=" + ticket).ok());
  CHECK(world.ask("ticket=" + world.token(TokenKind::kTicket)).ok());
}
