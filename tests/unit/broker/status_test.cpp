#include "broker/server/status.hpp"

#include <doctest/doctest.h>

#include "shared/json.hpp"
#include "tests/support/manual_clock.hpp"

using namespace freshet;
using namespace freshet::broker;

TEST_CASE("readiness names everything that is missing") {
  testing::ManualClock clock;
  Status status(clock);
  CHECK(status.readiness().status == 503);
  CHECK(status.readiness().body.find(R"(["nats","log","ring"])") != std::string::npos);
  status.log().nats_connected = true;
  status.log().log_followed = true;
  CHECK(status.readiness().body.find(R"(["ring"])") != std::string::npos);
  status.log().ready = true;
  CHECK(status.readiness().status == 200);
  CHECK(status.liveness().status == 200);
  status.start_draining();
  CHECK(status.readiness().body.find(R"(["draining"])") != std::string::npos);
}

TEST_CASE("metrics are the sum over the loops, each with help and type") {
  testing::ManualClock clock;
  Status status(clock);
  status.add_loop().deliveries.add(3);
  status.add_loop().deliveries.add(4);
  status.add_loop().note_reset("too-old");
  const std::string text = status.metrics();
  CHECK(text.find("# TYPE freshet_broker_deliveries_total counter\nfreshet_broker_deliveries_total 7\n") != std::string::npos);
  CHECK(text.find("freshet_broker_resets_total{reason=\"too-old\"} 1\n") != std::string::npos);
  CHECK(text.find("freshet_broker_resets_total{reason=\"ahead\"} 0\n") != std::string::npos);
}

TEST_CASE("health and connections are JSON") {
  testing::ManualClock clock;
  Status status(clock);
  status.add_loop().streams_now.set(2);
  clock.advance(std::chrono::seconds(5));
  const auto health = parse_json_object(status.health());
  REQUIRE(health.ok());
  CHECK(json_integer(*health, "connections") == 2);
  CHECK(json_integer(*health, "uptime_s") == 5);
  const auto connections = parse_json_object(status.connections());
  REQUIRE(connections.ok());
  CHECK(json_integer(*connections, "streams") == 2);
}
