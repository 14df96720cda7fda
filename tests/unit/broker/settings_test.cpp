#include "broker/server/settings.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <map>
#include <string>

using namespace freshet;
using namespace freshet::broker;

namespace {

Result<Settings> read(std::map<std::string, std::string> values) {
  values.try_emplace("FRESHET_NATS_URL", "nats://127.0.0.1:4222");
  return read_settings([&](const std::string& name) -> std::optional<std::string> {
    const auto at = values.find(name);
    return at == values.end() ? std::nullopt : std::optional(at->second);
  });
}

}  // namespace

TEST_CASE("settings have defaults and are read from the environment") {
  const auto defaults = read({});
  REQUIRE(defaults.ok());
  CHECK(defaults->port == 8082);
  CHECK(defaults->ring.events_max == 1500);
  CHECK(defaults->ring.age_max == std::chrono::seconds(60));
  CHECK(defaults->connections_per_ip_max == 200);
  const auto set = read({{"FRESHET_BROKER_PORT", "9000"},
                         {"FRESHET_ALLOWED_ORIGINS", " https://a.example , http://b:81 ,"},
                         {"FRESHET_RING_SECONDS", "5"},
                         {"FRESHET_LOG_LEVEL", "debug"}});
  REQUIRE(set.ok());
  CHECK(set->port == 9000);
  CHECK(set->allowed_origins == std::vector<std::string>{"https://a.example", "http://b:81"});
  CHECK(set->ring.age_max == std::chrono::seconds(5));
  CHECK(set->log_level == LogLevel::kDebug);
}

TEST_CASE("a wrong setting is named, without its value") {
  const std::map<std::string, std::string> wrong{
      {"FRESHET_BROKER_PORT", "70000"},         {"FRESHET_RING_EVENTS", "none"},          {"FRESHET_RING_BYTES", "12 MB"},
      {"FRESHET_OUTBOX_BYTES", "1000"},         {"FRESHET_UNSENT_BYTES", "1000"},         {"FRESHET_LOG_LEVEL", "loud"},         {"FRESHET_PLACE", "a.b"},
      {"FRESHET_ALLOWED_ORIGINS", "https://a/"}, {"FRESHET_BROKER_ADDRESS", "here"},   {"FRESHET_NATS_URL", ""},
      {"FRESHET_MAX_CONNECTIONS_PER_IP", "-1"}, {"FRESHET_PROXY_SECRET_FILE", "/no/such/file"},
      {"FRESHET_WEBSOCKET_COMPRESSION", "yes"}, {"FRESHET_HS256_SECRET", "of-thirty-one-bytes-and-no-more"}};
  for (const auto& [name, value] : wrong) {
    CAPTURE(name);
    const auto settings = read({{name, value}});
    REQUIRE_FALSE(settings.ok());
    CHECK(settings.error().detail.find(name) != std::string::npos);
    if (!value.empty()) CHECK(settings.error().detail.find(value) == std::string::npos);
  }
  const auto all = read({wrong.begin(), wrong.end()});
  REQUIRE_FALSE(all.ok());
  CHECK(all.error().fields.size() == wrong.size());
}

TEST_CASE("a secret is read from the file that its setting names") {
  std::array<char, 32> name{"/tmp/freshet_settings_XXXXXX"};
  const int fd = ::mkstemp(name.data());
  REQUIRE(fd >= 0);
  REQUIRE(::write(fd, "from a file\r\n", 13) == 13);
  ::close(fd);
  const auto settings = read({{"FRESHET_PROXY_SECRET_FILE", name.data()}, {"FRESHET_PROXY_SECRET", "from the environment"}});
  std::remove(name.data());
  REQUIRE(settings.ok());
  CHECK(settings->proxy_secret == "from a file");
}
