// Outbox: the frames one connection still has to receive.
//
// Shape     first in, first out; the first may be sent in part. Empty, it is one null pointer: the usual case.
// Bounds    push() keeps at most `bytes_max` bytes waiting, in at most kFramesMax frames: frames are shared, so the list of them is what
//           a connection that does not read costs of its own, and it stays below 64 KiB. No limit is passed, not even by one frame.
// Order     as pushed, without holes: a frame that does not fit ends the connection, it is not skipped
// Errors    push() says kSlowConsumer; the caller closes (WebSocket 1013, SSE end of stream). The client comes back with its last
//           position and is sent the rest, while the log still keeps it.
// Threads   belongs to one loop. Nothing here is locked.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "broker/fanout/frame.hpp"

namespace freshet::broker {

enum class PushOutcome : std::uint8_t { kQueued, kSlowConsumer };

class Outbox {
 public:
  static constexpr std::size_t kPiecesMax = 64;  // of one gather()
  static constexpr std::size_t kFramesMax = 1000;

  [[nodiscard]] bool empty() const { return queue_ == nullptr; }
  [[nodiscard]] std::size_t bytes_now() const { return queue_ ? queue_->bytes : 0; }

  // Queues what `frame` holds behind its first `sent` bytes, which must be fewer than all.
  [[nodiscard]] PushOutcome push(const Frame& frame, std::size_t sent, std::size_t bytes_max);
  // The first unsent bytes, in order; gives how many pieces were filled. They live until the next call of another method.
  [[nodiscard]] std::size_t gather(std::span<iovec> pieces) const;
  // The first `bytes` have been sent.
  void consume(std::size_t bytes);
  void clear() { queue_.reset(); }
  // Forgets every frame of which nothing has been sent.
  void keep_started();

 private:
  struct Queue {
    std::vector<Frame> frames;
    std::size_t head = 0;    // frames before it are gone
    std::size_t offset = 0;  // sent bytes of the head frame
    std::size_t bytes = 0;   // unsent, of all frames
  };
  std::unique_ptr<Queue> queue_;
};

}  // namespace freshet::broker
