#include "infra/cli/posix_transport.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <ctime>
#include <string>

namespace freshet::nats {
namespace {

struct Address {
  sockaddr_storage storage{};
  socklen_t size = 0;
};

Result<Address> address_of(std::string_view host, std::uint16_t port) {
  const std::string text(host == "localhost" ? std::string_view("127.0.0.1") : host);
  Address address;
  auto* ipv4 = reinterpret_cast<sockaddr_in*>(&address.storage);
  auto* ipv6 = reinterpret_cast<sockaddr_in6*>(&address.storage);
  if (inet_pton(AF_INET, text.c_str(), &ipv4->sin_addr) == 1) {
    ipv4->sin_family = AF_INET;
    ipv4->sin_port = htons(port);
    address.size = sizeof *ipv4;
  } else if (inet_pton(AF_INET6, text.c_str(), &ipv6->sin6_addr) == 1) {
    ipv6->sin6_family = AF_INET6;
    ipv6->sin6_port = htons(port);
    address.size = sizeof *ipv6;
  } else {
    return Error{Errc::kInvalidArgument, "a server's host is an IP address or localhost, not " + text};
  }
  return address;
}

Error unavailable(std::string_view what, int error) {
  return Error{Errc::kUnavailable, std::string(what) + ": " + std::strerror(error)};
}

Error closed() { return Error{Errc::kUnavailable, "the peer closed the connection"}; }

}  // namespace

bool PosixTransport::wait_for(short events, SteadyTime deadline) const {
  while (true) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - clock_.steady()).count();
    pollfd waiting{socket_, events, 0};
    const int ready = ::poll(&waiting, 1, left > 0 ? static_cast<int>(std::min<std::int64_t>(left, 1'000'000)) : 0);
    if (ready > 0) return true;
    if (ready == 0 && clock_.steady() >= deadline) return false;
    if (ready < 0 && errno != EINTR) return true;  // the call that follows tells what is wrong
  }
}

Result<void> PosixTransport::connect(std::string_view host, std::uint16_t port, SteadyTime deadline) {
  close();
  FRESHET_TRY(address, address_of(host, port));
  const std::string where = std::string(host) + ':' + std::to_string(port);
  socket_ = ::socket(address.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (socket_ < 0) return unavailable("no socket", errno);
  const int on = 1;
  static_cast<void>(::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on));
  if (::connect(socket_, reinterpret_cast<const sockaddr*>(&address.storage), address.size) == 0) return {};
  int error = errno;
  if (error == EINPROGRESS) {
    socklen_t size = sizeof error;
    if (!wait_for(POLLOUT, deadline)) {
      error = ETIMEDOUT;
    } else if (::getsockopt(socket_, SOL_SOCKET, SO_ERROR, &error, &size) == 0 && error == 0) {
      return {};
    }
  }
  close();
  return unavailable("cannot connect to " + where, error);
}

Result<void> PosixTransport::write_all(std::string_view bytes, SteadyTime deadline) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      if (!wait_for(POLLOUT, deadline)) return unavailable("sending", ETIMEDOUT);
    } else if (errno != EINTR) {
      return unavailable("sending", errno);
    }
  }
  return {};
}

Result<std::size_t> PosixTransport::try_read(std::span<char> into) {
  while (true) {
    const ssize_t got = ::recv(socket_, into.data(), into.size(), 0);
    if (got > 0) return static_cast<std::size_t>(got);
    if (got == 0) return closed();
    if (errno == EAGAIN || errno == EWOULDBLOCK) return std::size_t{0};
    if (errno != EINTR) return unavailable("receiving", errno);
  }
}

Result<std::size_t> PosixTransport::read_some(std::span<char> into, SteadyTime deadline) {
  while (true) {
    FRESHET_TRY(got, try_read(into));
    if (got > 0) return got;
    if (!wait_for(POLLIN, deadline)) return std::size_t{0};
  }
}

void PosixTransport::close() {
  if (socket_ >= 0) ::close(socket_);
  socket_ = -1;
}

void PosixTransport::sleep_until(SteadyTime time) {
  const auto left = time - clock_.steady();
  if (left <= left.zero()) return;
  timespec pause{};
  pause.tv_sec = std::chrono::duration_cast<std::chrono::seconds>(left).count();
  pause.tv_nsec = (left % std::chrono::seconds(1)).count();
  static_cast<void>(::nanosleep(&pause, nullptr));
}

}  // namespace freshet::nats
