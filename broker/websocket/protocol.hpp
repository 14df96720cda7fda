// The words of RFC 6455: opcodes and close codes.
#pragma once

#include <cstddef>
#include <cstdint>

namespace freshet::broker::websocket {

// RFC 6455 5.2
enum class Opcode : std::uint8_t { kContinuation = 0, kText = 1, kBinary = 2, kClose = 8, kPing = 9, kPong = 10 };

[[nodiscard]] constexpr bool is_opcode(unsigned value) { return value <= 2 || (value >= 8 && value <= 10); }
[[nodiscard]] constexpr bool is_control(Opcode opcode) { return static_cast<std::uint8_t>(opcode) >= 8; }

// RFC 6455 7.4.1 and the IANA registry; 4000 and above are CONTRACT 8's, in shared/result.hpp.
namespace close {
inline constexpr std::uint16_t kNormal = 1000;
inline constexpr std::uint16_t kGoingAway = 1001;
inline constexpr std::uint16_t kProtocolError = 1002;
inline constexpr std::uint16_t kNone = 1005;  // a Close frame without a code; never sent
inline constexpr std::uint16_t kBadData = 1007;
inline constexpr std::uint16_t kTooBig = 1009;
inline constexpr std::uint16_t kRestart = 1012;
inline constexpr std::uint16_t kTryLater = 1013;
}  // namespace close

// What a peer may send in a Close frame: 1004 to 1006 and 1015 are for APIs only, the rest below 3000 is not given out.
[[nodiscard]] constexpr bool is_close_code(unsigned code) {
  return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) || (code >= 3000 && code <= 4999);
}

enum class Compression : std::uint8_t { kOff, kOn };  // RFC 7692, without context takeover

inline constexpr std::size_t kControlBytes = 125;  // payload of a control frame, RFC 6455 5.5

}  // namespace freshet::broker::websocket
