// Settings: what the functions read from the environment, once.
//
// Errors    a setting that cannot be read is an error with its name, told by every answer (503) instead of a guess
// Source    CONTRACT 10; README "Settings"
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "shared/result.hpp"

namespace freshet::api {

enum class Registration : std::uint8_t { kOff, kOn };

struct Settings {
  std::string nats_url;
  std::vector<std::string> allowed_origins;  // exact, as a browser writes an Origin header
  std::string jwt_key;                       // base64url of the 32-byte Ed25519 seed
  std::vector<std::string> jwt_public_keys;  // base64url of further public keys whose tokens are still believed (rotation)
  std::string jwt_issuer;
  std::string hs256_secret;                  // empty: tokens of another system are refused
  std::string hs256_issuer;
  std::string hs256_audience;
  bool hs256_staff = false;
  Registration registration = Registration::kOn;
  std::string proxy_secret;                  // empty: no proxy is believed
  std::uint32_t list_max_age_s = 0;
};

// `lookup` gives a variable's value or nullptr.
[[nodiscard]] Result<Settings> read_settings(const std::function<const char*(const char*)>& lookup);

}  // namespace freshet::api
