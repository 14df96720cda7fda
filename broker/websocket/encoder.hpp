// Frames as bytes, a server's side: whole messages in one frame, not masked.
//
// Shape     an event is encoded once and its frame shared by all sockets; 2 bytes of head up to 125 bytes of payload, 4 up to
//           64 KiB, 10 above
// Source    RFC 6455 5.1, 5.2, 5.5; RFC 7692 6 (RSV1)
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "broker/websocket/deflate.hpp"
#include "broker/websocket/protocol.hpp"

namespace freshet::broker::websocket {

void append_frame(std::string& out, Opcode opcode, std::string_view payload);
[[nodiscard]] std::string encode_text(std::string_view json);
// Compressed where that is shorter; else as encode_text().
[[nodiscard]] std::string encode_text_deflated(std::string_view json, Deflater& deflater);
// `reason` is ASCII and at most 123 bytes. kNone gives a Close frame without code.
[[nodiscard]] std::string encode_close(std::uint16_t code, std::string_view reason);

}  // namespace freshet::broker::websocket
