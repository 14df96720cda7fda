#include "shared/nats/server_url.hpp"

#include <doctest/doctest.h>

namespace freshet::nats {

TEST_CASE("addresses of a server") {
  struct {
    const char* url;
    const char* host;
    int port;
    const char* user;
    const char* password;
  } const rows[] = {
      {"nats://127.0.0.1", "127.0.0.1", 4222, "", ""},
      {"nats://localhost:5222/", "localhost", 5222, "", ""},
      {"nats://user@127.0.0.1:1", "127.0.0.1", 1, "user", ""},
      {"nats://us%40er:p%3Aw:x@127.0.0.1:65535", "127.0.0.1", 65535, "us@er", "p:w:x"},
      {"nats://u:p@[::1]:4223", "::1", 4223, "u", "p"},
      {"nats://[fe80::1]", "fe80::1", 4222, "", ""},
  };
  for (const auto& row : rows) {
    CAPTURE(row.url);
    const auto server = parse_server_url(row.url);
    REQUIRE(server.ok());
    CHECK(server->host == row.host);
    CHECK(server->port == row.port);
    CHECK(server->credentials.user == row.user);
    CHECK(server->credentials.password == row.password);
  }
  for (const char* url : {"", "127.0.0.1", "http://127.0.0.1", "nats://", "nats://:4222", "nats://h:0", "nats://h:65536", "nats://h:x", "nats://u%4@h",
                          "nats://u%zz@h", "nats://[::1", "nats://[::1]x"}) {
    CAPTURE(url);
    CHECK_FALSE(parse_server_url(url).ok());
  }
}

}  // namespace freshet::nats
