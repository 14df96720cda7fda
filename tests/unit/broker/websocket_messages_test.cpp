#include <doctest/doctest.h>

#include <string>

#include "broker/websocket/messages.hpp"

using namespace freshet;
using namespace freshet::broker;

namespace {

const WallTime kNow = WallTime(std::chrono::seconds(1'767'225'600));  // 2026-01-01T00:00:00Z

// A short text frame of a server.
std::string text(const std::string& json) {
  REQUIRE(json.size() < 126);
  return std::string("\x81") + static_cast<char>(json.size()) + json;
}

}  // namespace

TEST_CASE("every frame of a socket's own has a type and a timestamp, and the position where it stands") {
  const std::string stamp = R"("timestamp":")" + format_time(kNow) + R"("})";
  CHECK(websocket::encode_open("e-1", kNow) == text(R"({"type":"stream-open","position":"e-1",)" + stamp));
  CHECK(websocket::encode_reset("e-1", "ahead", kNow) == text(R"({"type":"stream-reset","position":"e-1","reason":"ahead",)" + stamp));
  CHECK(websocket::encode_status("degraded", kNow) == text(R"({"type":"status","state":"degraded",)" + stamp));
  CHECK(websocket::encode_pong(kNow) == text(R"({"type":"pong",)" + stamp));
  CHECK(websocket::encode_error("no", kNow) == text(R"({"type":"error","message":"no",)" + stamp));
  CHECK(websocket::encode_auth_ok(kNow, kNow) == text(R"({"type":"auth-ok","expires_at":")" + format_time(kNow) + R"(",)" + stamp));
}

TEST_CASE("a heartbeat is a message and a Ping") {
  CHECK(websocket::encode_heartbeat("e-1", kNow) ==
        text(R"({"type":"heartbeat","position":"e-1","timestamp":")" + format_time(kNow) + R"("})") + std::string("\x89\x00", 2));
}

TEST_CASE("a notification has its fields in data") {
  const std::string frame = websocket::encode_notification({"1", "token_expiring", "Title", "Message", "T"});
  CHECK(frame.substr(4) ==
        R"({"type":"notification","timestamp":"T","data":{"id":"1","notification_type":"token_expiring","title":"Title",)"
        R"("message":"Message","icon":"key","color":"warning","data":{},"created_at":"T"}})");
}
