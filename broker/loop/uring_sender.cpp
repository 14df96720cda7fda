#include <liburing.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstring>
#include <string>

#include "broker/loop/descriptor.hpp"
#include "broker/loop/sender.hpp"
#include "shared/check.hpp"

namespace freshet::broker {
namespace {

constexpr unsigned kEntries = 256;
constexpr int kFlags = MSG_NOSIGNAL | MSG_DONTWAIT;  // DONTWAIT: answered at once, never parked until the socket has room
constexpr std::size_t kWorthIt = 4;                  // sockets; fewer are served as quickly one by one

class Queue {
 public:
  Queue() {
    io_uring_params params{};
    params.flags = IORING_SETUP_SUBMIT_ALL;  // a socket that is broken does not hold up those behind it
    error_ = -io_uring_queue_init_params(kEntries, &ring_, &params);
  }
  Queue(const Queue&) = delete;
  Queue& operator=(const Queue&) = delete;
  ~Queue() {
    if (error_ == 0) io_uring_queue_exit(&ring_);
  }
  [[nodiscard]] int error() const { return error_; }
  [[nodiscard]] io_uring& get() { return ring_; }

 private:
  io_uring ring_{};
  int error_ = 0;
};

Sender::Taken taken_of(int result) {
  if (result >= 0) return static_cast<std::size_t>(result);
  if (result == -EAGAIN || result == -EINTR || result == -ENOBUFS) return 0;
  return std::nullopt;
}

class UringSender final : public Sender {
 public:
  [[nodiscard]] Queue& queue() { return queue_; }

  void send(std::span<const int> fds, std::span<const iovec> pieces, std::span<Taken> taken) override {
    if (fds.size() < kWorthIt) {
      for (std::size_t i = 0; i < fds.size(); ++i) taken[i] = send_now(fds[i], pieces);
      return;
    }
    message_ = msghdr{};
    message_.msg_iov = const_cast<iovec*>(pieces.data());
    message_.msg_iovlen = std::min<std::size_t>(pieces.size(), IOV_MAX);
    for (std::size_t from = 0; from < fds.size(); from += kEntries) {
      const std::size_t count = std::min<std::size_t>(kEntries, fds.size() - from);
      submit(fds.subspan(from, count), pieces);
      collect(taken.subspan(from, count));
    }
  }

 private:
  void submit(std::span<const int> fds, std::span<const iovec> pieces) {
    for (std::size_t i = 0; i < fds.size(); ++i) {
      io_uring_sqe* entry = io_uring_get_sqe(&queue_.get());
      FRESHET_CHECK(entry != nullptr);  // the queue was worked off by the call before
      if (pieces.size() == 1) {
        io_uring_prep_send(entry, fds[i], pieces[0].iov_base, pieces[0].iov_len, kFlags);
      } else {
        io_uring_prep_sendmsg(entry, fds[i], &message_, kFlags);
      }
      io_uring_sqe_set_data64(entry, i);
    }
    while (io_uring_sq_ready(&queue_.get()) > 0) {
      const int submitted = io_uring_submit(&queue_.get());
      FRESHET_CHECK(submitted >= 0 || submitted == -EINTR || submitted == -EAGAIN || submitted == -EBUSY);
    }
  }

  void collect(std::span<Taken> taken) {
    for (std::size_t left = taken.size(); left > 0;) {
      io_uring_cqe* done = nullptr;
      const int waited = io_uring_wait_cqe(&queue_.get(), &done);
      if (waited == -EINTR || waited == -EAGAIN) continue;
      FRESHET_CHECK(waited == 0);
      unsigned head = 0;
      unsigned seen = 0;
      io_uring_for_each_cqe(&queue_.get(), head, done) {
        taken[io_uring_cqe_get_data64(done)] = taken_of(done->res);
        ++seen;
      }
      io_uring_cq_advance(&queue_.get(), seen);
      left -= seen;
    }
  }

  Queue queue_;
  msghdr message_{};
};

// Setting up may be allowed where sending is not: seen once, known for good.
bool sends(Sender& sender) {
  std::array<int, 2> pair{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair.data()) != 0) return false;
  const Descriptor writer(pair[0]);
  const Descriptor reader(pair[1]);
  std::array<int, kWorthIt> fds{};
  std::array<Sender::Taken, kWorthIt> taken{};
  fds.fill(writer.get());
  char byte = 'x';
  const iovec piece{&byte, 1};
  sender.send(fds, {&piece, 1}, taken);
  return std::all_of(taken.begin(), taken.end(), [](const Sender::Taken& one) { return one == 1; });
}

}  // namespace

Result<std::unique_ptr<Sender>> make_uring_sender() {
  auto sender = std::make_unique<UringSender>();
  if (const int error = sender->queue().error(); error != 0) return Error{Errc::kUnavailable, std::string("io_uring_setup: ") + std::strerror(error)};
  if (!sends(*sender)) return Error{Errc::kUnavailable, "io_uring does not send on this kernel"};
  return std::unique_ptr<Sender>(std::move(sender));
}

}  // namespace freshet::broker
