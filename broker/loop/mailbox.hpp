// Mailbox: the only place where threads meet: many may post, one loop takes everything at once.
//
// Shape     first in, first out for each poster; taken whole, by a swap
// Bounds    at most `bytes_max` bytes wait, as the posters count them. One item that alone is larger is taken into an empty
//           mailbox, so that it can pass at all. Items of no bytes always pass: their number is the posters' bound.
// Errors    post() says kFull and keeps nothing: the poster decides what "full" means
// Threads   post() from any thread, take() by its loop. The lock is held for one push or one swap; one wake-up a batch.
#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <utility>
#include <vector>

#include "broker/loop/wake.hpp"

namespace freshet::broker {

enum class Posted : std::uint8_t { kYes, kFull };

template <typename T>
class Mailbox {
 public:
  Mailbox(Wake& wake, std::size_t bytes_max) : wake_(wake), bytes_max_(bytes_max) {}
  Mailbox(const Mailbox&) = delete;
  Mailbox& operator=(const Mailbox&) = delete;

  [[nodiscard]] Posted post(T item, std::size_t bytes) {
    bool first = false;
    {
      const std::lock_guard lock(mutex_);
      first = items_.empty();
      if (bytes > 0 && !first && bytes_now_ + bytes > bytes_max_) return Posted::kFull;
      bytes_now_ += bytes;
      items_.push_back(std::move(item));
    }
    if (first) wake_.signal();
    return Posted::kYes;
  }

  // Puts all that waits into `out`, which must be empty; its memory is used for what comes next.
  void take(std::vector<T>& out) {
    FRESHET_CHECK(out.empty());
    const std::lock_guard lock(mutex_);
    items_.swap(out);
    bytes_now_ = 0;
  }

 private:
  Wake& wake_;
  const std::size_t bytes_max_;
  std::mutex mutex_;
  std::vector<T> items_;
  std::size_t bytes_now_ = 0;
};

}  // namespace freshet::broker
