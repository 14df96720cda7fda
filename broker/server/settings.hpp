// Settings: FRESHET_* of the environment, read and checked once at the start.
//
// Shape     a secret NAME may lie in the file that NAME_FILE names (a line end at its end is cut off)
// Errors    all that is wrong is said at once, by name, without the value
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "broker/fanout/ring.hpp"
#include "broker/websocket/protocol.hpp"
#include "shared/result.hpp"

namespace freshet::broker {

enum class LogLevel : std::uint8_t { kDebug, kInfo, kWarning, kError };

struct Settings {
  std::uint16_t port = 8082;                     // FRESHET_BROKER_PORT
  std::string address = "127.0.0.1";             // FRESHET_BROKER_ADDRESS (IPv4)
  std::string nats_url;                          // FRESHET_NATS_URL, required
  std::string place = "local";                   // FRESHET_PLACE
  std::vector<std::string> allowed_origins;      // FRESHET_ALLOWED_ORIGINS, comma list
  std::string proxy_secret;                      // FRESHET_PROXY_SECRET; empty: X-Real-IP is never believed
  std::uint32_t connections_per_ip_max = 200;    // FRESHET_MAX_CONNECTIONS_PER_IP, 0: no cap
  std::uint32_t connections_per_user_max = 10;   // FRESHET_MAX_CONNECTIONS_PER_USER, 0: no cap
  RingLimits ring;                               // FRESHET_RING_BYTES, _EVENTS, _SECONDS
  std::size_t outbox_bytes_max = 5u << 20;       // FRESHET_OUTBOX_BYTES
  bool sse_compression = false;  // FRESHET_SSE_COMPRESSION: on, off
  websocket::Compression websocket_compression = websocket::Compression::kOff;  // FRESHET_WEBSOCKET_COMPRESSION: on, off
  std::size_t unsent_bytes_max = 512u << 20;     // FRESHET_UNSENT_BYTES: of all outboxes of a loop
  std::uint32_t loops = 0;                       // FRESHET_BROKER_LOOPS; 0: one a core
  std::chrono::seconds drain{5};                 // FRESHET_DRAIN_SECONDS
  bool io_uring = true;  // FRESHET_IO_URING: on (where the kernel allows it), off
  LogLevel log_level = LogLevel::kInfo;          // FRESHET_LOG_LEVEL: debug, info, warning, error

  // Who signs the tokens that are believed.
  std::string jwt_issuer = "freshet";            // FRESHET_JWT_ISSUER
  std::vector<std::string> jwt_public_keys;      // FRESHET_JWT_PUBLIC_KEYS, comma list of base64url
  std::string hs256_secret;                      // FRESHET_HS256_SECRET
  std::string hs256_issuer;                      // FRESHET_HS256_ISSUER
  std::string hs256_audience;                    // FRESHET_HS256_AUDIENCE
};

using Environment = std::function<std::optional<std::string>(const std::string& name)>;
[[nodiscard]] Result<Settings> read_settings(const Environment& environment);
[[nodiscard]] std::optional<std::string> process_environment(const std::string& name);

}  // namespace freshet::broker
