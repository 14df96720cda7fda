// Wake: gets a loop out of its wait from another thread.
//
// Threads   signal() from any; drain() and fd() belong to the loop
// Source    eventfd(2)
#pragma once

#include <sys/eventfd.h>

#include <cstdint>

#include "broker/loop/descriptor.hpp"
#include "shared/check.hpp"

namespace freshet::broker {

class Wake {
 public:
  Wake() : fd_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) { FRESHET_CHECK(fd_.open()); }
  [[nodiscard]] int fd() const { return fd_.get(); }
  void signal() {
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = ::write(fd_.get(), &one, sizeof one);  // full means: already signalled
  }
  void drain() {
    std::uint64_t count = 0;
    [[maybe_unused]] const auto read = ::read(fd_.get(), &count, sizeof count);
  }

 private:
  Descriptor fd_;
};

}  // namespace freshet::broker
