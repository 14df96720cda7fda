// Poller: which descriptors are ready; the one thing a loop asks of the kernel.
//
// Shape     level-triggered readiness; each descriptor carries a token of the caller's choice, given back with each report
// Bounds    wait() reports at most kReadyMax descriptors; the rest come with the next call
// Lifetime  the span of wait() lives until the next wait()
// Threads   belongs to one loop
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <span>

#include "shared/result.hpp"

namespace freshet::broker {

enum class Interest : std::uint8_t { kRead, kReadWrite };

struct Ready {
  std::uint64_t token = 0;
  bool readable = false;
  bool writable = false;
  bool closed = false;  // the peer has hung up, or the socket is broken
};

class Poller {
 public:
  static constexpr std::size_t kReadyMax = 512;
  virtual ~Poller() = default;
  [[nodiscard]] virtual Result<void> add(int fd, std::uint64_t token, Interest interest) = 0;
  virtual void modify(int fd, std::uint64_t token, Interest interest) = 0;
  virtual void remove(int fd) = 0;
  // Waits until something is ready, at most `timeout` (negative: for ever).
  [[nodiscard]] virtual std::span<const Ready> wait(std::chrono::milliseconds timeout) = 0;
};

// Fails when the process has no descriptor left.
[[nodiscard]] Result<std::unique_ptr<Poller>> make_epoll_poller();

}  // namespace freshet::broker
