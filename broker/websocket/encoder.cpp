#include "broker/websocket/encoder.hpp"

#include "shared/check.hpp"

namespace freshet::broker::websocket {
namespace {

constexpr unsigned kFinal = 0x80;
constexpr unsigned kRsv1 = 0x40;

void append(std::string& out, unsigned bits, Opcode opcode, std::string_view payload) {
  const std::uint64_t length = payload.size();
  const auto put = [&](std::uint64_t byte) { out += static_cast<char>(byte); };
  put(bits | static_cast<unsigned>(opcode));
  int bytes = 0;
  if (length < 126) {
    put(length);
  } else {
    bytes = length < 65'536 ? 2 : 8;
    put(bytes == 2 ? 126 : 127);
  }
  while (bytes > 0) put(length >> (8 * --bytes) & 0xFF);
  out += payload;
}

}  // namespace

void append_frame(std::string& out, Opcode opcode, std::string_view payload) {
  FRESHET_CHECK(!is_control(opcode) || payload.size() <= kControlBytes);
  append(out, kFinal, opcode, payload);
}

std::string encode_text(std::string_view json) {
  std::string out;
  out.reserve(json.size() + 10);
  append_frame(out, Opcode::kText, json);
  return out;
}

std::string encode_text_deflated(std::string_view json, Deflater& deflater) {
  const std::string shorter = deflater.deflate(json);
  if (shorter.size() >= json.size()) return encode_text(json);
  std::string out;
  append(out, kFinal | kRsv1, Opcode::kText, shorter);
  return out;
}

std::string encode_close(std::uint16_t code, std::string_view reason) {
  std::string payload;
  if (code != close::kNone) payload = {static_cast<char>(code >> 8), static_cast<char>(code & 0xFF)};
  payload += reason;
  std::string out;
  append_frame(out, Opcode::kClose, payload);
  return out;
}

}  // namespace freshet::broker::websocket
