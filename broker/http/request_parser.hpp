// RequestParser: HTTP/1.1 request heads, bytes in, requests out. No sockets, no clock.
//
// Shape     append() what was received, then next() until it says kMore. Several requests may lie in one buffer (pipelining).
// Bounds    a head is at most limits::kHeadersBytes, its target limits::kUrlBytes; a caller must not append more than it has room
//           for: buffered() stays under kHeadersBytes + one read.
// Errors    a refused request has a status and a reason; the connection cannot be used further, since where the next request
//           begins is then not certain
// Strict    what two parsers could read differently is refused, so that nothing can be smuggled past a proxy: bare CR or LF, folded
//           lines, space before a colon, repeated Host or Content-Length, Transfer-Encoding in HTTP/1.0. No endpoint takes a body:
//           a request with one is refused (413), and so never read.
// Source    RFC 9112 2.2, 3, 5, 6.3; RFC 9110 5.5, 7.2; CONTRACT 1 (limits)
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "shared/headers.hpp"

namespace freshet::broker {

struct Request {
  std::string method;
  std::string path;   // as received, from `/` up to `?`
  std::string query;  // as received, behind `?`; may hold a token: never to be logged
  HeaderList headers;
  bool keep_alive = false;
  bool http_1_1 = false;

  [[nodiscard]] std::string_view header(std::string_view name) const {
    const std::string* value = find_header(headers, name);
    return value != nullptr ? std::string_view(*value) : std::string_view();
  }
};

struct Refusal {
  std::uint16_t status = 400;
  std::string reason;
};

class RequestParser {
 public:
  enum class Outcome : std::uint8_t { kMore, kRequest, kRefused };

  void append(std::string_view bytes) { buffer_.append(bytes); }
  [[nodiscard]] Outcome next(Request& request, Refusal& refusal);
  [[nodiscard]] std::size_t buffered() const { return buffer_.size(); }
  // What came behind the last request, for a connection that goes on in another protocol.
  [[nodiscard]] std::string take_rest() { return std::move(buffer_); }

 private:
  std::string buffer_;
  std::size_t searched_ = 0;         // up to here there is no end of a head
  bool skipped_empty_line_ = false;  // one before a request is allowed, RFC 9112 2.2
};

// Whether a comma list names `option`, in any case.
[[nodiscard]] bool lists(std::string_view value, std::string_view option);

// The value of `name` in a query, percent-decoded (`+` is a space), or an empty text. The first one counts.
[[nodiscard]] std::string query_value(std::string_view query, std::string_view name);

}  // namespace freshet::broker
