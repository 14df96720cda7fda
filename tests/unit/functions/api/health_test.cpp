#include "functions/api/documents.hpp"
#include "tests/unit/functions/api/site.hpp"

using namespace freshet;
using namespace freshet::api;
using namespace freshet::api::testing;

TEST_CASE("readiness is 200 when every part answers, and names each one that does not") {
  struct Row {
    const char* name;
    void (*breaks)(Site&);
  };
  const Row rows[] = {
      {"nats", [](Site& site) { site.bus.answers["$SYS.REQ.SERVER.PING.VARZ"] = R"({"data":{"jetstream":{"config":{"sync_always":false}}}})"; }},
      {"nats", [](Site& site) { site.bus.answers["$SYS.REQ.SERVER.PING.VARZ"] = R"({"data":[1]})"; }},
      {"log", [](Site& site) { site.log.down = true; }},
      {"store", [](Site& site) { site.store.answer = Error{Errc::kUnavailable, "no store answers"}; }},
      {"store", [](Site& site) { site.store.answer->position = "behind"; }},
      {"broker", [](Site& site) { site.bus.answers.erase("broker.health"); }},
      {"broker", [](Site& site) { site.bus.answers["broker.health"] = R"({"status":"not ready"})"; }},
  };
  {
    Site site;
    CHECK(site.call("GET", "/readyz").status == 200);
    CHECK(site.call("GET", "/readyz/").status == 200);
  }
  for (const Row& row : rows) {
    CAPTURE(row.name);
    Site site;
    row.breaks(site);
    const Response response = site.call("GET", "/readyz");
    CHECK(response.status == 503);
    CHECK(!header_of(response, "retry-after").empty());
    const Json body = json_of(response);
    CHECK(json_text_or(body, "detail", "") == std::string("missing: ") + row.name);
    CHECK(body["components"][row.name] != "ok");
    CHECK(site.call("GET", "/healthz").status == 200);
    CHECK(json_of(site.staff("GET", "/api/admin/health/"))["status"] == "degraded");
    CHECK(site.call("GET", "/metrics").body.find(std::string("freshet_component_up{component=\"") + row.name + "\"} 0\n") != std::string::npos);
  }
}

TEST_CASE("metrics are what the parts say of themselves") {
  Site site;
  const std::string text = site.call("GET", "/metrics").body;
  for (const char* line : {"freshet_component_up{component=\"nats\"} 1\n", "freshet_store_applied_sequence 7\n", "freshet_broker_sequence 9\n",
                           "freshet_broker_streams 3\n"}) {
    CAPTURE(line);
    CHECK(text.find(line) != std::string::npos);
  }
}

TEST_CASE("what staff is told is for staff") {
  Site site;
  for (const char* path : {"/api/admin/health/", "/api/admin/connections/"}) {
    CHECK(site.call("GET", path).status == 401);
    CHECK(site.call("GET", path, {}, {{"authorization", "Bearer reader"}}).status == 403);
    CHECK(site.staff("GET", path).status == 200);
  }
}
