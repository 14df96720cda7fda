#include "broker/websocket/handshake.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <vector>

#include "shared/text.hpp"

namespace freshet::broker::websocket {
namespace {

constexpr std::string_view kGuid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";  // RFC 6455 1.3
constexpr std::string_view kVersion = "13";

// RFC 3174. Only the handshake needs it; nothing is kept secret by it.
class Sha1 {
 public:
  static constexpr std::size_t kBlock = 64;

  [[nodiscard]] std::string digest(std::string message) {
    const std::uint64_t bits = message.size() * 8;
    message += '\x80';
    message.resize((message.size() + 8 + kBlock - 1) / kBlock * kBlock - 8);
    for (int shift = 56; shift >= 0; shift -= 8) message += static_cast<char>(bits >> shift & 0xFF);
    for (std::size_t at = 0; at < message.size(); at += kBlock) add_block(std::string_view(message).substr(at, kBlock));
    std::string out;
    for (const std::uint32_t word : state_) {
      for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(word >> shift & 0xFF);
    }
    return out;
  }

 private:
  void add_block(std::string_view block) {
    std::array<std::uint32_t, 80> words{};
    for (std::size_t i = 0; i < kBlock; ++i) words[i / 4] = words[i / 4] << 8 | static_cast<unsigned char>(block[i]);
    for (std::size_t i = 16; i < words.size(); ++i) words[i] = std::rotl(words[i - 3] ^ words[i - 8] ^ words[i - 14] ^ words[i - 16], 1);
    auto [a, b, c, d, e] = state_;
    for (std::size_t i = 0; i < words.size(); ++i) {
      const std::uint32_t next = std::rotl(a, 5) + mix(i, b, c, d) + e + words[i];
      e = d;
      d = c;
      c = std::rotl(b, 30);
      b = a;
      a = next;
    }
    const std::array<std::uint32_t, 5> sum{a, b, c, d, e};
    for (std::size_t i = 0; i < sum.size(); ++i) state_[i] += sum[i];
  }
  static std::uint32_t mix(std::size_t round, std::uint32_t b, std::uint32_t c, std::uint32_t d) {
    if (round < 20) return ((b & c) | (~b & d)) + 0x5A827999;
    if (round < 40) return (b ^ c ^ d) + 0x6ED9EBA1;
    if (round < 60) return ((b & c) | (b & d) | (c & d)) + 0x8F1BBCDC;
    return (b ^ c ^ d) + 0xCA62C1D6;
  }
  std::array<std::uint32_t, 5> state_{0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476, 0xC3D2E1F0};
};

// base64 with padding (RFC 4648 4) is base64url in other letters.
std::string base64(std::string_view bytes) {
  std::string out = base64url_encode(bytes);
  std::replace(out.begin(), out.end(), '-', '+');
  std::replace(out.begin(), out.end(), '_', '/');
  out.resize((out.size() + 3) / 4 * 4, '=');
  return out;
}

// 16 bytes in base64.
bool is_key(std::string_view key) {
  if (key.size() != 24 || !key.ends_with("==") || key.find_first_of("-_") != std::string_view::npos) return false;
  std::string url(key.substr(0, 22));
  std::replace(url.begin(), url.end(), '+', '-');
  std::replace(url.begin(), url.end(), '/', '_');
  return base64url_decode(url).has_value();
}

std::string_view take_until(std::string_view& text, char end) {
  const auto at = text.find(end);
  const auto part = trim(text.substr(0, at));
  text = at == std::string_view::npos ? std::string_view() : text.substr(at + 1);
  return part;
}

bool is_window(std::string_view value) {
  if (value.size() >= 2 && value.front() == '"' && value.back() == '"') value = value.substr(1, value.size() - 2);
  return (value.size() == 1 && value[0] >= '8' && value[0] <= '9') ||
         (value.size() == 2 && value[0] == '1' && value[1] >= '0' && value[1] <= '5');
}

// RFC 7692 7.1: an unknown, repeated or malformed parameter makes the whole offer one that must be declined.
bool can_take(std::string_view parameters) {
  std::vector<std::string_view> seen;
  while (!parameters.empty()) {
    std::string_view value = take_until(parameters, ';');
    const auto equals = value.find('=');
    const auto name = trim(value.substr(0, equals));
    const bool has_value = equals != std::string_view::npos;
    value = has_value ? trim(value.substr(equals + 1)) : std::string_view();
    if (std::find(seen.begin(), seen.end(), name) != seen.end()) return false;
    seen.push_back(name);
    const bool flag = name == "server_no_context_takeover" || name == "client_no_context_takeover";
    if (flag && !has_value) continue;
    if (name == "client_max_window_bits" && (!has_value || is_window(value))) continue;
    if (name == "server_max_window_bits" && value == "15") continue;
    return false;
  }
  return true;
}

Handshake refuse(std::uint16_t status, std::string_view why) {
  Handshake out{status, why, Compression::kOff, {}};
  if (status == 426) out.headers = {{"Upgrade", "websocket"}, {"Connection", "Upgrade"}, {"Sec-WebSocket-Version", std::string(kVersion)}};
  return out;
}

}  // namespace

std::string accept_key(std::string_view key) { return base64(Sha1().digest(std::string(key) + std::string(kGuid))); }

bool offers_deflate(std::string_view extensions) {
  while (!extensions.empty()) {
    std::string_view offer = take_until(extensions, ',');
    if (take_until(offer, ';') == "permessage-deflate" && can_take(offer)) return true;
  }
  return false;
}

Handshake answer_handshake(const Request& request, Compression offered) {
  const bool asks = lists(request.header("Upgrade"), "websocket") && lists(request.header("Connection"), "upgrade");
  if (!asks || !request.http_1_1) return refuse(426, "this address is a WebSocket: ask for an upgrade");
  if (request.method != "GET") return refuse(400, "a WebSocket is opened with GET");
  if (request.header("Sec-WebSocket-Version") != kVersion) return refuse(426, "only version 13 of the WebSocket protocol is spoken here");
  const auto key = request.header("Sec-WebSocket-Key");
  if (!is_key(key)) return refuse(400, "Sec-WebSocket-Key is 16 bytes in base64");
  Handshake out;
  out.headers = {{"Upgrade", "websocket"}, {"Connection", "Upgrade"}, {"Sec-WebSocket-Accept", accept_key(key)}};
  std::string extensions;
  for (const auto& [name, value] : request.headers) {
    if (ascii_iequals(name, "Sec-WebSocket-Extensions")) extensions += (extensions.empty() ? "" : ",") + value;
  }
  if (offered == Compression::kOn && offers_deflate(extensions)) {
    out.compression = Compression::kOn;
    out.headers.emplace_back("Sec-WebSocket-Extensions", "permessage-deflate; server_no_context_takeover; client_no_context_takeover");
  }
  return out;
}

}  // namespace freshet::broker::websocket
