// Responses: heads and small whole answers as bytes, problem details included.
//
// Source    RFC 9112 4, 6; RFC 9457; CONTRACT 1 (errors)
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "shared/headers.hpp"
#include "shared/result.hpp"

namespace freshet::broker {

enum class After : std::uint8_t { kKeepAlive, kClose };  // what happens to the connection behind the answer
enum class Body : std::uint8_t { kSent, kLeftOut };      // an answer to HEAD has the head only

struct Response {
  std::uint16_t status = 200;
  HeaderList headers;
  std::string body;
};

// Status line and headers, with `Connection` and the empty line. No length: the body ends with the connection (streams).
[[nodiscard]] std::string encode_stream_head(std::uint16_t status, const HeaderList& headers);
// The same for 101: what follows is another protocol's.
[[nodiscard]] std::string encode_upgrade_head(const HeaderList& headers);
[[nodiscard]] std::string encode_response(const Response& response, After after, Body body);

[[nodiscard]] Response make_json(std::uint16_t status, std::string body);
[[nodiscard]] Response make_problem(std::uint16_t status, std::string_view name, std::string_view title, std::string_view detail);
[[nodiscard]] Response make_problem(const Error& error);

}  // namespace freshet::broker
