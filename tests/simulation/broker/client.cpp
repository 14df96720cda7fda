#include "tests/simulation/broker/client.hpp"

#include "shared/position.hpp"

namespace freshet::simulation {

void Client::begin() {
  opened_ = closed_ = false;
  if (format_ == broker::Format::kSse) {
    reader_ = std::make_unique<SseReader>();
  } else {
    reader_ = std::make_unique<SocketReader>();
  }
}

void Client::become(std::string last_id) {
  last_id_ = std::move(last_id);
  knows_cursor_ = false;
}

bool Client::has_everything() const {
  const auto& shown = truth_.shown.at(channel_);
  return knows_cursor_ && shown.upper_bound(cursor_) == shown.end();
}

void Client::feed(std::string_view bytes) {
  for (const StreamEvent& event : reader_->feed(bytes)) on_event(event);
}

void Client::on_event(const StreamEvent& event) {
  check(!closed_, "something came behind the Close: " + event.type);
  if (event.type == "close") {
    closed_ = true;
    ++tally_.sockets_closed;
    return;
  }
  if (event.type == "ping") return;
  if (event.type == "stream-reset") return on_reset(event);
  if (event.type == "stream-open") {
    check(!opened_, "a second opening");
    opened_ = true;
    if (!last_id_.empty()) check(event.position == last_id_, "the opening names another position than the client");
  }
  check(opened_, "something came before the opening: " + event.type);
  if (!event.position.empty()) move_cursor(event.position, event.type.empty());
}

void Client::on_reset(const StreamEvent& event) {
  check(truth_.allows_disasters(), "a reset without a reason: " + event.data);
  ++tally_.resets;
  opened_ = true;
  last_id_ = event.position;
  const auto position = parse_position(event.position);
  knows_cursor_ = position.ok() && position->epoch == truth_.epoch;
  if (knows_cursor_) cursor_ = position->sequence.value;
}

// The client's position goes to `id`: nothing between may have been left out.
void Client::move_cursor(const std::string& id, bool is_event) {
  const Position position = parse_position(id).value();
  const bool first = last_id_.empty();
  last_id_ = id;
  if (position.epoch != truth_.epoch) {  // sent before a disaster; a reset must follow
    check(truth_.allows_disasters(), "a position of an epoch that never was");
    knows_cursor_ = false;
    return;
  }
  const std::uint64_t at = position.sequence.value;
  if (first) {
    knows_cursor_ = true;
    cursor_ = at;
    return;
  }
  if (!knows_cursor_) {
    // Frames of before a purge or restore may still be under way; but an event must not go on behind a made-up position.
    check(!is_event || truth_.allows_disasters(), "an event behind an unknown position");
    return;
  }
  const auto& shown = truth_.shown.at(channel_);
  const auto behind = shown.upper_bound(cursor_);
  const auto next = behind == shown.end() ? std::nullopt : std::optional(*behind);
  if (is_event && next && *next < truth_.first && at > *next) {
    knows_cursor_ = false;  // purged before the broker had it: a reset must follow
    return;
  }
  if (is_event) {
    see_event(id, at, next);
  } else {
    check(at >= cursor_, "the position went back to " + id);
    check(!next || *next > at, "position " + id + " passes over event " + std::to_string(next.value_or(0)));
  }
  cursor_ = at;
}

void Client::see_event(const std::string& id, std::uint64_t at, std::optional<std::uint64_t> next) {
  check(at > cursor_, "event " + id + " came again behind " + std::to_string(cursor_));
  check(next == at,
        "a gap: event " + id + " came behind " + std::to_string(cursor_) + ", not " + (next ? std::to_string(*next) : std::string("any")));
  ++tally_.events_seen;
  if (format_ != broker::Format::kSse) ++tally_.events_seen_on_sockets;
}

}  // namespace freshet::simulation
