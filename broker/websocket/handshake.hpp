// The opening handshake, a server's side: what a request for a WebSocket is answered.
//
// Errors    a status other than 101, and why: 426 for a request that asks for no WebSocket, or for another version than 13; 400
// for one
//           whose key or method is none
// Source    RFC 6455 4.2, 11.3; RFC 7692 5, 7.1; RFC 9110 15.5.22
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "broker/http/request_parser.hpp"
#include "broker/websocket/protocol.hpp"

namespace freshet::broker::websocket {

struct Handshake {
  std::uint16_t status = 101;
  std::string_view why;                         // static text; of a refusal
  Compression compression = Compression::kOff;  // agreed on
  HeaderList headers;                           // of the answer
};
// `offered` is what we are willing to do.
[[nodiscard]] Handshake answer_handshake(const Request& request, Compression offered);

// RFC 6455 4.2.2, 5.4: base64 of SHA-1 of the key and a fixed text.
[[nodiscard]] std::string accept_key(std::string_view key);
// Whether one of the offers in a Sec-WebSocket-Extensions header is a permessage-deflate that we can answer with
// `server_no_context_takeover; client_no_context_takeover`. One that bounds our window cannot be: frames are compressed once for
// all.
[[nodiscard]] bool offers_deflate(std::string_view extensions);

}  // namespace freshet::broker::websocket
