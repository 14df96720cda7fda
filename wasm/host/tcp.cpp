#include "wasm/host/tcp.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <string>

#include "freshet.h"
#include "wasm/host/wait.hpp"

namespace freshet::host {
namespace {

constexpr std::size_t kLookBytes = 256;
constexpr std::size_t kAnswerBytes = 32 * 1024;
constexpr std::size_t kReadBytesMax = 64 * 1024;

void drop_network(std::int32_t handle) { wasi_sockets_network_network_drop_own({handle}); }
using Network = Handle<drop_network>;

template <typename Number>
bool parse_number(std::string_view text, Number& number, int base) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, base);
  return !text.empty() && error == std::errc{} && end == text.data() + text.size();
}

std::optional<wasi_sockets_network_ipv4_address_t> parse_ipv4(std::string_view text) {
  std::array<std::uint8_t, 4> parts{};
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const std::size_t end = i == 3 ? text.size() : text.find('.');
    if (end == std::string_view::npos || !parse_number(text.substr(0, end), parts[i], 10)) return std::nullopt;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return wasi_sockets_network_ipv4_address_t{parts[0], parts[1], parts[2], parts[3]};
}

// Groups of one side of `::`.
bool parse_groups(std::string_view text, std::array<std::uint16_t, 8>& groups, std::size_t& count) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(':'), text.size());
    if (count == groups.size() || !parse_number(text.substr(0, end), groups[count++], 16)) return false;
    if (end + 1 == text.size()) return false;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return true;
}

std::optional<wasi_sockets_network_ipv6_address_t> parse_ipv6(std::string_view text) {
  std::array<std::uint16_t, 8> head{};
  std::array<std::uint16_t, 8> tail{};
  std::size_t heads = 0;
  std::size_t tails = 0;
  const std::size_t gap = text.find("::");
  if (!parse_groups(text.substr(0, gap), head, heads)) return std::nullopt;
  if (gap == std::string_view::npos ? heads != 8 : !parse_groups(text.substr(gap + 2), tail, tails) || heads + tails > 7)
    return std::nullopt;
  std::copy_n(tail.begin(), tails, head.end() - static_cast<std::ptrdiff_t>(tails));
  return wasi_sockets_network_ipv6_address_t{head[0], head[1], head[2], head[3], head[4], head[5], head[6], head[7]};
}

Result<wasi_sockets_network_ip_socket_address_t> parse_address(std::string_view host, std::uint16_t port) {
  wasi_sockets_network_ip_socket_address_t address{};
  if (const auto ipv4 = parse_ipv4(host == "localhost" ? std::string_view("127.0.0.1") : host)) {
    address.tag = WASI_SOCKETS_NETWORK_IP_SOCKET_ADDRESS_IPV4;
    address.val.ipv4 = {port, *ipv4};
  } else if (const auto ipv6 = parse_ipv6(host)) {
    address.tag = WASI_SOCKETS_NETWORK_IP_SOCKET_ADDRESS_IPV6;
    address.val.ipv6 = {port, 0, *ipv6, 0};
  } else {
    return Error{Errc::kInvalidArgument, "a server's host is an IP address or localhost, not " + std::string(host)};
  }
  return address;
}

Error refused(std::string_view host, std::uint16_t port, wasi_sockets_network_error_code_t code) {
  std::string why = "error " + std::to_string(code);
  if (code == WASI_SOCKETS_NETWORK_ERROR_CODE_CONNECTION_REFUSED) why = "connection refused";
  if (code == WASI_SOCKETS_NETWORK_ERROR_CODE_TIMEOUT) why = "timeout";
  if (code == WASI_SOCKETS_NETWORK_ERROR_CODE_ACCESS_DENIED) why = "the host does not allow it";
  return Error{Errc::kUnavailable, "cannot connect to " + std::string(host) + ':' + std::to_string(port) + ": " + why};
}

}  // namespace

void drop_tcp_socket(std::int32_t handle) { wasi_sockets_tcp_tcp_socket_drop_own({handle}); }

Result<void> TcpTransport::connect(std::string_view host, std::uint16_t port, SteadyTime deadline) {
  close();
  FRESHET_TRY(address, parse_address(host, port));
  wasi_sockets_tcp_own_tcp_socket_t created{};
  wasi_sockets_network_error_code_t code{};
  if (!wasi_sockets_tcp_create_socket_create_tcp_socket(address.tag, &created, &code)) return refused(host, port, code);
  TcpSocket socket(created.__handle);
  const Network network(wasi_sockets_instance_network_instance_network().__handle);
  const auto borrowed = wasi_sockets_tcp_borrow_tcp_socket({socket.get()});
  if (!wasi_sockets_tcp_method_tcp_socket_start_connect(borrowed, wasi_sockets_network_borrow_network({network.get()}), &address, &code)) {
    return refused(host, port, code);
  }
  const Pollable connected(wasi_sockets_tcp_method_tcp_socket_subscribe(borrowed).__handle);
  wasi_sockets_tcp_tuple2_own_input_stream_own_output_stream_t streams{};
  while (!wasi_sockets_tcp_method_tcp_socket_finish_connect(borrowed, &streams, &code)) {
    if (code != WASI_SOCKETS_NETWORK_ERROR_CODE_WOULD_BLOCK) return refused(host, port, code);
    if (wait_for(connected, deadline) == Waited::kDeadline) return refused(host, port, WASI_SOCKETS_NETWORK_ERROR_CODE_TIMEOUT);
  }
  socket_ = std::move(socket);
  input_ = InputStream(streams.f0.__handle);
  output_ = OutputStream(streams.f1.__handle);
  readable_ = subscribe(input_);
  look_bytes_ = kLookBytes;
  return {};
}

Result<void> TcpTransport::write_all(std::string_view bytes, SteadyTime deadline) {
  if (!output_) return Error{Errc::kUnavailable, "not connected"};
  return host::write_all(output_, bytes, deadline);
}

Result<std::size_t> TcpTransport::read_up_to(std::size_t bytes, std::span<char> into) {
  if (!input_) return Error{Errc::kUnavailable, "not connected"};
  const auto room = into.first(std::min(into.size(), bytes));
  FRESHET_TRY(count, read_now(input_, room));
  look_bytes_ = count < room.size() ? kLookBytes : std::clamp(room.size() * 2, kAnswerBytes, kReadBytesMax);
  return count;
}

Result<std::size_t> TcpTransport::try_read(std::span<char> into) { return read_up_to(look_bytes_, into); }

Result<std::size_t> TcpTransport::read_some(std::span<char> into, SteadyTime deadline) {
  FRESHET_TRY(there, try_read(into));
  if (there > 0) return there;
  while (wait_for(readable_, deadline) == Waited::kReady) {
    FRESHET_TRY(count, read_up_to(std::max(look_bytes_, kAnswerBytes), into));
    if (count > 0) return count;
  }
  return std::size_t{0};
}

void TcpTransport::close() {
  readable_.reset();
  output_.reset();
  input_.reset();
  socket_.reset();
}

void TcpTransport::sleep_until(SteadyTime time) { host::sleep_until(time); }

}  // namespace freshet::host
