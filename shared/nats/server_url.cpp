#include "shared/nats/server_url.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

namespace freshet::nats {
namespace {

std::optional<std::string> percent_decode(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded += text[i];
      continue;
    }
    unsigned value = 0;
    if (i + 2 >= text.size()) return std::nullopt;
    const auto [end, error] = std::from_chars(text.data() + i + 1, text.data() + i + 3, value, 16);
    if (error != std::errc{} || end != text.data() + i + 3) return std::nullopt;
    decoded += static_cast<char>(value);
    i += 2;
  }
  return decoded;
}

}  // namespace

Result<ServerUrl> parse_server_url(std::string_view url) {
  const Error malformed{Errc::kInvalidArgument, "a NATS address is nats://[user:password@]host[:port]"};
  constexpr std::string_view scheme = "nats://";
  if (!url.starts_with(scheme)) return malformed;
  url.remove_prefix(scheme.size());
  if (url.ends_with('/')) url.remove_suffix(1);
  ServerUrl server;
  if (const std::size_t at = url.rfind('@'); at != std::string_view::npos) {
    const std::string_view user = url.substr(0, std::min(url.find(':'), at));
    const std::string_view password = user.size() < at ? url.substr(user.size() + 1, at - user.size() - 1) : std::string_view{};
    const auto decoded_user = percent_decode(user);
    const auto decoded_password = percent_decode(password);
    if (!decoded_user || !decoded_password) return malformed;
    server.credentials = {*decoded_user, *decoded_password};
    url.remove_prefix(at + 1);
  }
  std::string_view port;
  if (url.starts_with('[')) {  // IPv6
    const std::size_t end = url.find(']');
    if (end == std::string_view::npos) return malformed;
    server.host = url.substr(1, end - 1);
    url.remove_prefix(end + 1);
    if (!url.empty() && url.front() != ':') return malformed;
    port = url.empty() ? url : url.substr(1);
  } else {
    server.host = url.substr(0, url.find(':'));
    port = server.host.size() < url.size() ? url.substr(server.host.size() + 1) : std::string_view{};
  }
  if (server.host.empty()) return malformed;
  if (!port.empty()) {
    const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), server.port);
    if (error != std::errc{} || end != port.data() + port.size() || server.port == 0) return malformed;
  }
  return server;
}

}  // namespace freshet::nats
