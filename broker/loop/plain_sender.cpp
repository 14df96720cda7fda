#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <climits>

#include "broker/loop/sender.hpp"

namespace freshet::broker {
namespace {

class PlainSender final : public Sender {
 public:
  void send(std::span<const int> fds, std::span<const iovec> pieces, std::span<Taken> taken) override {
    for (std::size_t i = 0; i < fds.size(); ++i) taken[i] = send_now(fds[i], pieces);
  }
};

}  // namespace

Sender::Taken send_now(int fd, std::span<const iovec> pieces) {
  ssize_t sent = 0;
  if (pieces.size() == 1) {
    sent = ::send(fd, pieces[0].iov_base, pieces[0].iov_len, MSG_NOSIGNAL | MSG_DONTWAIT);
  } else {
    msghdr message{};
    message.msg_iov = const_cast<iovec*>(pieces.data());
    message.msg_iovlen = std::min<std::size_t>(pieces.size(), IOV_MAX);
    sent = ::sendmsg(fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
  }
  if (sent >= 0) return static_cast<std::size_t>(sent);
  if (errno == EAGAIN || errno == EINTR || errno == ENOBUFS) return 0;
  return std::nullopt;
}

std::unique_ptr<Sender> make_plain_sender() { return std::make_unique<PlainSender>(); }

}  // namespace freshet::broker
