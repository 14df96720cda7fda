#include "functions/api/settings.hpp"

#include <doctest/doctest.h>

#include <map>

using namespace freshet;
using namespace freshet::api;

namespace {

Result<Settings> read(std::map<std::string, std::string> environment) {
  environment.emplace("FRESHET_JWT_KEY", "key");
  return read_settings([&environment](const char* name) -> const char* {
    const auto found = environment.find(name);
    return found == environment.end() ? nullptr : found->second.c_str();
  });
}

}  // namespace

TEST_CASE("settings have their documented defaults") {
  const auto settings = read({});
  REQUIRE(settings.ok());
  CHECK(settings->nats_url == "nats://127.0.0.1:4222");
  CHECK(settings->jwt_issuer == "freshet");
  CHECK(settings->registration == Registration::kOn);
  CHECK(settings->allowed_origins.empty());
  CHECK(settings->list_max_age_s == 0);
  CHECK(!settings->hs256_staff);
}

TEST_CASE("a list of origins is read with its spaces and without empty entries") {
  const auto settings = read({{"FRESHET_ALLOWED_ORIGINS", " https://a.example , http://localhost:3000,,"}});
  REQUIRE(settings.ok());
  CHECK(settings->allowed_origins == std::vector<std::string>{"https://a.example", "http://localhost:3000"});
}

TEST_CASE("a setting that cannot be read is named") {
  const std::pair<const char*, const char*> rows[] = {
      {"FRESHET_LIST_MAX_AGE", "301"},          {"FRESHET_LIST_MAX_AGE", "-1"},        {"FRESHET_LIST_MAX_AGE", "5m"},
      {"FRESHET_REGISTRATION", "yes"},          {"FRESHET_HS256_STAFF", "1"},          {"FRESHET_ALLOWED_ORIGINS", "*"},
      {"FRESHET_ALLOWED_ORIGINS", "a.example"}, {"FRESHET_ALLOWED_ORIGINS", "https://a.example/"},
      {"FRESHET_JWT_KEY", ""},                  {"FRESHET_HS256_SECRET", "of-thirty-one-bytes-and-no-more"},
  };
  for (const auto& [name, value] : rows) {
    CAPTURE(name);
    CAPTURE(value);
    const auto settings = read({{name, value}});
    REQUIRE(!settings.ok());
    CHECK(settings.error().code == Errc::kUnavailable);
    CHECK(settings.error().detail.find(name) == 0);
  }
  CHECK(read({{"FRESHET_LIST_MAX_AGE", "300"}}).ok());
  CHECK(read({{"FRESHET_HS256_SECRET", "of-thirty-two-bytes-and-no-more."}}).ok());
}
