#include "broker/server/standing.hpp"

#include <doctest/doctest.h>

#include "shared/auth/token_family.hpp"
#include "shared/domain/user.hpp"
#include "tests/support/manual_clock.hpp"

using namespace freshet;
using namespace freshet::broker;
using namespace std::chrono_literals;

namespace {

const std::string kUser = "01HF0000000000000000000001";
const std::string kFamily = "01HF0000000000000000000002";

struct World {
  freshet::testing::ManualClock clock;
  Standing standing{clock};
  Holder holder{"own:" + kUser, kUser, kFamily, clock.wall(), clock.wall() + kAccessLifetime};

  std::optional<Revocation> family(bool revoked) {
    return standing.note("log.token." + kFamily, encode_token_family({kUser, "jti", "access", "", clock.wall(), "", revoked}));
  }
  std::optional<Revocation> user(bool active, WallTime valid_from) {
    User user;
    user.id = kUser;
    user.username = "anna";
    user.active = active;
    user.tokens_valid_from = valid_from;
    return standing.note("log.user." + kUser, encode_user(user));
  }
};

}  // namespace

TEST_CASE("a rotation takes nothing back, a revocation its family alone") {
  World world;
  CHECK_FALSE(world.family(false));
  CHECK_FALSE(world.standing.refuses(world.holder));
  const auto revocation = world.family(true);
  REQUIRE(revocation);
  CHECK(revocation->hits(world.holder));
  CHECK(world.standing.refuses(world.holder));
  Holder other = world.holder;
  other.family = "01HF0000000000000000000003";
  CHECK_FALSE(revocation->hits(other));
  CHECK_FALSE(world.standing.refuses(other));
}

TEST_CASE("an account that changed takes back what was issued before, one that is closed everything, one that is open again nothing") {
  World world;
  CHECK_FALSE(world.user(true, {}));
  CHECK_FALSE(world.user(true, world.holder.issued_at)->hits(world.holder));
  CHECK_FALSE(world.standing.refuses(world.holder));
  CHECK(world.user(true, world.holder.issued_at + 1ms)->hits(world.holder));
  CHECK(world.standing.refuses(world.holder));
  CHECK(world.user(false, {})->hits(world.holder));
  CHECK(world.standing.refuses(world.holder));
  CHECK_FALSE(world.user(true, {}));
  CHECK_FALSE(world.standing.refuses(world.holder));
  CHECK(world.standing.note("log.user." + kUser, "")->hits(world.holder));  // a tombstone
}

TEST_CASE("somebody without a family is not hit by the revocation of one") {
  World world;
  const Holder stranger{"foreign:42", "42", "", {}, {}};
  CHECK_FALSE(world.family(true)->hits(stranger));
  CHECK_FALSE(world.standing.refuses(stranger));
}

TEST_CASE("what was taken back is remembered as long as an access token lives, and other messages are nothing to it") {
  World world;
  static_cast<void>(world.family(true));
  for (const char* subject : {"log.article.x", "log.tokens.x", "live.applied.local.a", ""}) CHECK_FALSE(world.standing.note(subject, "{}"));
  world.clock.advance(std::chrono::duration_cast<std::chrono::milliseconds>(kAccessLifetime));
  static_cast<void>(world.standing.note("log.token.x", "{}"));
  CHECK(world.standing.refuses(world.holder));
  world.clock.advance(2min);
  static_cast<void>(world.standing.note("log.token.x", "{}"));
  CHECK_FALSE(world.standing.refuses(world.holder));
}
