#include "broker/fanout/ring.hpp"

#include <algorithm>

#include "shared/check.hpp"

namespace freshet::broker {

void Ring::restart(StreamSequence at) {
  events_.clear();
  bytes_now_ = 0;
  floor_ = tail_ = at;
}

void Ring::drop_oldest() {
  floor_ = events_.front().event->sequence;
  bytes_now_ -= events_.front().event->bytes;
  events_.pop_front();
}

void Ring::add(LogEventPtr event, SteadyTime now) {
  FRESHET_CHECK(event->sequence > tail_);
  tail_ = event->sequence;
  bytes_now_ += event->bytes;
  events_.push_back({std::move(event), now});
  while (events_.size() > 1 && (bytes_now_ > limits_.bytes_max || events_.size() > limits_.events_max)) drop_oldest();
  expire(now);
}

void Ring::advance(StreamSequence tail) { tail_ = std::max(tail_, tail); }

void Ring::expire(SteadyTime now) {
  while (!events_.empty() && now - events_.front().since > limits_.age_max) drop_oldest();
}

std::deque<Ring::Kept>::const_iterator Ring::first_behind(StreamSequence after) const {
  FRESHET_CHECK(covers(after));
  return std::upper_bound(events_.begin(), events_.end(), after,
                          [](StreamSequence value, const Kept& kept) { return value < kept.event->sequence; });
}

}  // namespace freshet::broker
