// Jws: the envelope of a token, taken apart and checked, before anything in it is believed.
//
// Errors    kUnauthenticated: not three base64url parts, not JSON objects, a member twice in an object, a header that must not be
// Source    RFC 7515 3.1, 4.1, 5.2; RFC 8725 3.1, 3.10
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "shared/json.hpp"
#include "shared/result.hpp"

namespace freshet::jws {

enum class Algorithm : std::uint8_t { kEdDsa, kHs256 };

struct Envelope {
  Algorithm algorithm = Algorithm::kEdDsa;
  std::string kid;               // empty when absent
  bool typed = false;            // `typ` is JWT
  std::string_view signed_text;  // view into the token
  std::string payload;           // decoded, not yet believed
  std::string signature;         // decoded
};

[[nodiscard]] Result<Envelope> open(std::string_view token);

// A JSON object in which no object has a member twice.
[[nodiscard]] Result<Json> parse_strict(std::string_view text);

}  // namespace freshet::jws
