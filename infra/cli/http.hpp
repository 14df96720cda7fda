// A small HTTP/1.1 client for looking at a site: one request, one connection.
//
// Bounds    an answer of at most 8 MiB; each call has a deadline
// Errors    kInvalidArgument: not an http:// address of an IP address or localhost; kUnavailable: no answer, or one that cannot be read
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "shared/clock.hpp"
#include "shared/headers.hpp"
#include "shared/result.hpp"

namespace freshet::cli {

struct HttpAnswer {
  std::uint16_t status = 0;
  HeaderList headers;
  std::string body;
};

struct HttpRequest {
  std::string_view method = "GET";
  std::string_view path = "/";
  HeaderList headers;
  std::string_view body;
};

enum class Read : std::uint8_t { kWhole, kFirstBytes };  // kFirstBytes: head and the first bytes of a body that does not end (a stream)

[[nodiscard]] Result<HttpAnswer> http(const Clock& clock, std::string_view url, const HttpRequest& request, std::chrono::milliseconds timeout,
                                      Read read = Read::kWhole);

}  // namespace freshet::cli
