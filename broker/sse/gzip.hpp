// gzip of an event stream, made so that an event is compressed once and shared by all who follow.
//
// Shape     a stream is kGzipHead and then blocks. What it says of itself lies in stored blocks; an event lies in deflated ones that refer to
//           nothing before them. Each ends on a byte, so a browser has the event when it has its bytes. No block is the last and there is no
//           trailer: an event stream ends with its connection.
// Source    RFC 1951 3.2.4, RFC 1952 2.2; RFC 9110 12.5.3
#pragma once

#include <string>
#include <string_view>

namespace freshet::broker::sse {

inline constexpr std::string_view kGzipHead{"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff", 10};

// Whether a client with this Accept-Encoding takes gzip: it is listed, or `*` is, with a weight above 0.
[[nodiscard]] bool takes_gzip(std::string_view accept_encoding);

// Text as stored blocks; no text is no block.
[[nodiscard]] std::string gzip_stored(std::string_view text);
// `deflated` is raw deflate without the four bytes that end a flush.
[[nodiscard]] std::string gzip_deflated(std::string deflated);

}  // namespace freshet::broker::sse
