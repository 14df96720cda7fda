#include "broker/log/hold.hpp"

#include <algorithm>

namespace freshet::broker {

void Hold::add(StreamSequence sequence, LogEventPtr event, SteadyTime now) {
  waiting_.push_back({sequence, std::move(event), now});
}

void Hold::note_applied(std::string_view store, StreamSequence applied, SteadyTime now) {
  const auto at = stores_.find(store);
  if (at != stores_.end()) {
    at->second = {applied, now};
  } else if (stores_.size() < kStoresMax) {
    stores_.emplace(store, Store{applied, now});
  }
}

std::optional<StreamSequence> Hold::slowest(SteadyTime now) {
  std::erase_if(stores_, [&](const auto& store) { return now - store.second.heard > kHeardWithin; });
  std::optional<StreamSequence> least;
  for (const auto& [name, store] : stores_) {
    if (!least || store.applied < *least) least = store.applied;
  }
  return least;
}

Hold::Released Hold::release(SteadyTime now) {
  Released out;
  const auto applied = slowest(now);
  while (!waiting_.empty()) {
    Waiting& first = waiting_.front();
    const bool shown = !first.event || !applied || first.sequence <= *applied;
    if (!shown && now - first.since < kWaitMax) break;
    out.tail = first.sequence;
    if (first.event) {
      out.waited += now - first.since;
      out.events.push_back(std::move(first.event));
    }
    waiting_.pop_front();
  }
  return out;
}

std::optional<SteadyTime> Hold::next_deadline() const {
  return waiting_.empty() ? std::nullopt : std::optional(waiting_.front().since + kWaitMax);
}

}  // namespace freshet::broker
