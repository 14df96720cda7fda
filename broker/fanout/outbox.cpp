#include "broker/fanout/outbox.hpp"

#include <algorithm>

#include "shared/check.hpp"

namespace freshet::broker {

PushOutcome Outbox::push(const Frame& frame, std::size_t sent, std::size_t bytes_max) {
  FRESHET_CHECK(sent < frame->size());
  const std::size_t bytes = frame->size() - sent;
  const std::size_t frames = queue_ ? queue_->frames.size() - queue_->head : 0;
  if (bytes_now() + bytes > bytes_max || frames >= kFramesMax) return PushOutcome::kSlowConsumer;
  if (!queue_) queue_ = std::make_unique<Queue>();
  FRESHET_CHECK(sent == 0 || queue_->frames.empty());  // only the first of all can be sent in part
  if (sent > 0) queue_->offset = sent;
  queue_->frames.push_back(frame);
  queue_->bytes += bytes;
  return PushOutcome::kQueued;
}

std::size_t Outbox::gather(std::span<iovec> pieces) const {
  if (!queue_) return 0;
  const std::size_t count = std::min(pieces.size(), queue_->frames.size() - queue_->head);
  for (std::size_t i = 0; i < count; ++i) pieces[i] = piece_of(queue_->frames[queue_->head + i], i == 0 ? queue_->offset : 0);
  return count;
}

void Outbox::consume(std::size_t bytes) {
  if (bytes == 0) return;
  FRESHET_CHECK(bytes <= bytes_now());
  queue_->bytes -= bytes;
  if (queue_->bytes == 0) {
    queue_.reset();
    return;
  }
  while (bytes > 0) {
    Frame& first = queue_->frames[queue_->head];
    const std::size_t left = first->size() - queue_->offset;
    if (bytes < left) {
      queue_->offset += bytes;
      break;
    }
    bytes -= left;
    first.reset();
    queue_->offset = 0;
    ++queue_->head;
  }
  if (queue_->head * 2 > queue_->frames.size()) {
    queue_->frames.erase(queue_->frames.begin(), queue_->frames.begin() + static_cast<std::ptrdiff_t>(queue_->head));
    queue_->head = 0;
  }
}

void Outbox::keep_started() {
  if (!queue_) return;
  if (queue_->offset == 0) return clear();
  queue_->frames.resize(queue_->head + 1);
  queue_->bytes = queue_->frames.back()->size() - queue_->offset;
}

}  // namespace freshet::broker
