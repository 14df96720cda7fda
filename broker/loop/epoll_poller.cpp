#include <sys/epoll.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string>

#include "broker/loop/descriptor.hpp"
#include "broker/loop/poller.hpp"

namespace freshet::broker {
namespace {

std::uint32_t events_of(Interest interest) {
  const std::uint32_t reading = EPOLLIN | EPOLLRDHUP;
  return interest == Interest::kReadWrite ? reading | EPOLLOUT : reading;
}

class EpollPoller final : public Poller {
 public:
  explicit EpollPoller(Descriptor epoll) : epoll_(std::move(epoll)) {}

  Result<void> add(int fd, std::uint64_t token, Interest interest) override {
    if (control(EPOLL_CTL_ADD, fd, token, interest) == 0) return {};
    return Error{Errc::kUnavailable, std::string("epoll does not take another descriptor: ") + std::strerror(errno)};
  }
  void modify(int fd, std::uint64_t token, Interest interest) override {
    FRESHET_CHECK(control(EPOLL_CTL_MOD, fd, token, interest) == 0);
  }
  void remove(int fd) override { FRESHET_CHECK(::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, nullptr) == 0); }

  std::span<const Ready> wait(std::chrono::milliseconds timeout) override {
    const int count = ::epoll_wait(epoll_.get(), events_.data(), static_cast<int>(events_.size()), static_cast<int>(timeout.count()));
    FRESHET_CHECK(count >= 0 || errno == EINTR);
    const std::size_t size = count < 0 ? 0 : static_cast<std::size_t>(count);
    for (std::size_t i = 0; i < size; ++i) {
      const std::uint32_t events = events_[i].events;
      ready_[i] = Ready{events_[i].data.u64, (events & EPOLLIN) != 0, (events & EPOLLOUT) != 0,
                        (events & (EPOLLHUP | EPOLLERR | EPOLLRDHUP)) != 0};
    }
    return {ready_.data(), size};
  }

 private:
  int control(int operation, int fd, std::uint64_t token, Interest interest) {
    epoll_event event{};
    event.events = events_of(interest);
    event.data.u64 = token;
    return ::epoll_ctl(epoll_.get(), operation, fd, &event);
  }

  Descriptor epoll_;
  std::array<epoll_event, kReadyMax> events_{};
  std::array<Ready, kReadyMax> ready_{};
};

}  // namespace

Result<std::unique_ptr<Poller>> make_epoll_poller() {
  Descriptor epoll(::epoll_create1(EPOLL_CLOEXEC));
  if (!epoll.open()) return Error{Errc::kUnavailable, std::string("epoll_create1: ") + std::strerror(errno)};
  return std::unique_ptr<Poller>(std::make_unique<EpollPoller>(std::move(epoll)));
}

}  // namespace freshet::broker
