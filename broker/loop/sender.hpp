// Sender: gives the same bytes to many sockets at once, without waiting.
//
// Shape     taken[i] says what fds[i] took: a number of bytes, which may be 0; nothing when the connection is broken
// Bounds    a list of pieces is at most IOV_MAX long; what lies behind is not sent, as if the socket had not taken it
// Threads   belongs to one loop
// Source    send(2), sendmsg(2); io_uring(7): the same sends as entries of a queue that the kernel works off in one system call
#pragma once

#include <sys/uio.h>

#include <cstddef>
#include <memory>
#include <optional>
#include <span>

#include "shared/result.hpp"

namespace freshet::broker {

class Sender {
 public:
  using Taken = std::optional<std::size_t>;
  virtual ~Sender() = default;
  virtual void send(std::span<const int> fds, std::span<const iovec> pieces, std::span<Taken> taken) = 0;
};

// One system call a socket.
[[nodiscard]] Sender::Taken send_now(int fd, std::span<const iovec> pieces);
[[nodiscard]] std::unique_ptr<Sender> make_plain_sender();

// kUnavailable: this kernel has no io_uring, or forbids it here, as many containers do.
[[nodiscard]] Result<std::unique_ptr<Sender>> make_uring_sender();

}  // namespace freshet::broker
