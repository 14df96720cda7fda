// Request and Response: one HTTP exchange as handlers see it, free of any host.
//
// Shape     header names as they came (compare with find_header); query names and values percent-decoded, UTF-8, without NUL
// Lifetime  a Request lives as long as its exchange; views into it may be kept that long
// Source    RFC 9110; RFC 3986 2.1 (percent-encoding); WHATWG URL, application/x-www-form-urlencoded (`+` is a space in a query)
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "shared/headers.hpp"
#include "shared/result.hpp"

namespace freshet::api {

enum class Method : std::uint8_t { kGet, kHead, kPost, kPut, kPatch, kDelete, kOptions, kOther };
[[nodiscard]] Method parse_method(std::string_view name);
[[nodiscard]] std::string_view name_of(Method method);

struct Request {
  Method method = Method::kGet;
  std::string target;                                         // path and query as sent
  std::vector<std::string> segments;                          // of the path, decoded, without the empty one behind a last slash
  std::vector<std::pair<std::string, std::string>> query;     // decoded, in order
  HeaderList headers;
  std::string body;                                           // read when the route says so
  std::vector<std::string_view> parameters;                   // what the route's `{}` segments matched, in order

  // The last value of a query parameter, or nullptr (as the seeds' framework reads it).
  [[nodiscard]] const std::string* query_value(std::string_view name) const;
  [[nodiscard]] const std::string* header(std::string_view name) const { return find_header(headers, name); }
};

// What of a request decides whether it is answered from memory, lying where the host put it.
struct RequestHead {
  Method method = Method::kGet;
  std::string_view target;
  const HeaderViews& headers;
};

// Fills `segments` and `query` from `target`. kNotFound for a path that cannot name anything (bad escape, empty segment, not
// UTF-8), kInvalidArgument for a query that cannot be decoded; each path segment may hold any UTF-8 but NUL.
[[nodiscard]] Result<void> parse_target(Request& request);

// `text` with everything but RFC 3986 unreserved characters percent-encoded: a query value, a path segment.
[[nodiscard]] std::string percent_encode(std::string_view text);

struct Response {
  std::uint16_t status = 200;
  HeaderList headers;
  std::string body;
  std::optional<std::size_t> stands_for{};  // HEAD and 304: the length of the body that is not sent

  Response& set(std::string_view name, std::string value) {
    headers.emplace_back(std::string(name), std::move(value));
    return *this;
  }
};

// What a host made of a response that it will send again, so that sending it costs less; it belongs to that response.
class Prepared {
 public:
  virtual ~Prepared() = default;
};

// A response that is sent many times as it lies here.
struct Repeated {
  Response response;
  std::unique_ptr<Prepared> prepared{};  // the host's, made at the first sending
};

[[nodiscard]] inline Response json_response(std::uint16_t status, std::string body) {
  return Response{status, {{"content-type", "application/json"}}, std::move(body), {}};
}

}  // namespace freshet::api
