#include "broker/server/admission.hpp"

#include <arpa/inet.h>
#include <doctest/doctest.h>

#include "shared/text.hpp"
#include "tests/support/manual_clock.hpp"

using namespace freshet;
using namespace freshet::broker;

namespace {

struct World {
  testing::ManualClock clock;
  testing::SeededRandom random{1};
  SigningKey key = *SigningKey::parse(base64url_encode(std::string(32, 'k')));
  Standing standing{clock};
  Authenticator authenticator{TokenVerifier("freshet", {key.verify_key()}), standing, clock};
  Settings settings;
  Caps per_ip{3};
  Caps per_user{2};
  Admission admission{settings, per_ip, per_user, authenticator};
  in_addr peer{htonl(INADDR_LOOPBACK)};

  std::string token(const std::string& user, bool staff = false) {
    return sign_token(make_claims(TokenKind::kAccess, user, "01HF0000000000000000000002", staff, clock.wall(), random), "freshet", key);
  }
  static Request request(std::string query = {}, HeaderList headers = {}) {
    Request out;
    out.query = std::move(query);
    out.headers = std::move(headers);
    return out;
  }
  Errc identify(const Request& request, Access access) {
    const auto holder = admission.identify(request, Endpoint{Endpoint::Kind::kSocket, "c", access});
    return holder.ok() ? Errc::kInternal : holder.error().code;  // kInternal: he may
  }
  Result<Admitted> admit(const Request& request) {
    FRESHET_TRY(holder, admission.identify(request, Endpoint{Endpoint::Kind::kSocket, "c"}));
    return admission.admit(request, peer, std::move(holder));
  }
};

constexpr Errc kMay = Errc::kInternal;
const std::string kAda = "01HF0000000000000000000001";
const std::string kBob = "01HF0000000000000000000003";

}  // namespace

TEST_CASE("who may follow what") {
  World world;
  const auto nobody = World::request();
  const auto user = World::request("token=" + world.token(kAda));
  const auto staff = World::request("token=" + world.token(kBob, true));
  const auto stranger = World::request("token=garbage");
  const auto foreign = World::request("", {{"Origin", "https://evil.example"}, {"Host", "own.example"}});
  struct Row {
    const Request& request;
    Errc anybody, user, staff;
  };
  const Errc no = Errc::kUnauthenticated;
  for (const Row& row : {Row{nobody, kMay, no, no}, Row{user, kMay, kMay, Errc::kForbidden}, Row{staff, kMay, kMay, kMay},
                         Row{stranger, no, no, no}, Row{foreign, Errc::kForbidden, Errc::kForbidden, Errc::kForbidden}}) {
    CAPTURE(row.request.query);
    CHECK(world.identify(row.request, Access::kAnybody) == row.anybody);
    CHECK(world.identify(row.request, Access::kUser) == row.user);
    CHECK(world.identify(row.request, Access::kStaff) == row.staff);
  }
}

TEST_CASE("a user and an address have their places, and a place that is given back can be taken again") {
  World world;
  const auto ada = World::request("token=" + world.token(kAda));
  auto first = world.admit(ada);
  const auto second = world.admit(ada);
  REQUIRE(first.ok());
  REQUIRE(second.ok());
  CHECK(world.admit(ada).error().code == Errc::kTooManyRequests);       // of the user
  const auto third = world.admit(World::request());
  REQUIRE(third.ok());
  CHECK(world.admit(World::request()).error().code == Errc::kTooManyRequests);  // of the address
  {
    const Admitted gone = std::move(*first);
  }
  CHECK(world.admit(ada).ok());
}

TEST_CASE("a new token on an open stream is the same user's, or the first one's, who then takes a place") {
  World world;
  Caps::Place place;
  const auto holder = world.admission.renew(world.token(kAda), nullptr, place);
  REQUIRE(holder.ok());
  CHECK(world.per_user.keys_now() == 1);
  CHECK(world.admission.renew(world.token(kAda), &*holder, place).ok());
  CHECK(world.per_user.keys_now() == 1);
  CHECK(world.admission.renew(world.token(kBob), &*holder, place).error().code == Errc::kForbidden);
  CHECK(world.admission.renew("garbage", &*holder, place).error().code == Errc::kUnauthenticated);
  Caps::Place second, third;
  REQUIRE(world.admission.renew(world.token(kAda), nullptr, second).ok());
  CHECK(world.admission.renew(world.token(kAda), nullptr, third).error().code == Errc::kTooManyRequests);
}
