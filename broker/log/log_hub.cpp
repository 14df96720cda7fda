#include "broker/log/log_hub.hpp"

#include <algorithm>

#include "broker/log/event_encoder.hpp"

namespace freshet::broker {
namespace {

constexpr std::chrono::milliseconds kTick{250};

std::string_view reason_of(Break why) {
  switch (why) {
    case Break::kFirst:
      return "first";
    case Break::kEpoch:
      return "other-epoch";
    case Break::kShorter:
      return "ahead";
    case Break::kPurged:
      return "too-old";
  }
  return "";
}

}  // namespace

std::size_t bytes_of(const LogOutput& output) {
  std::size_t bytes = sizeof(LogOutput);
  if (const auto* released = std::get_if<Released>(&output)) {
    for (const auto& event : released->events) bytes += event->bytes;
  } else if (const auto* page = std::get_if<Page>(&output)) {
    for (const auto& frame : page->frames) bytes += frame->size();
  }
  return bytes;
}

LogHub::LogHub(NatsWire& wire, LoopPorts& ports, LogHubSettings settings)
    : ports_(ports),
      settings_(std::move(settings)),
      encoder_(settings_.compressed),
      tail_(wire, *this, settings_.consumer_prefix, settings_.ring_events_max),
      reads_(wire, ports, encoder_, settings_.page_bytes) {}

LogHubCounters LogHub::counters() const {
  LogHubCounters out = counters_;
  out.events_unreadable += reads_.events_unreadable();
  return out;
}

void LogHub::on_connected(SteadyTime now) {
  now_ = now;
  connected_ = true;
  tail_.on_connected(now);
}

void LogHub::on_disconnected(SteadyTime now) {
  now_ = now;
  connected_ = false;
  tail_.on_disconnected();
}

void LogHub::on_message(const NatsMessage& message, SteadyTime now) {
  now_ = now;
  if (tail_.on_message(message, now) || reads_.on_message(message, now)) return;
  on_applied(message, now);
}

void LogHub::on_page_request(const PageRequest& request, SteadyTime now) {
  now_ = now;
  reads_.request(request, now);
}

// `live.applied.<place>.<store>`, payload: the position.
void LogHub::on_applied(const NatsMessage& message, SteadyTime now) {
  const std::string own = "live.applied." + settings_.place + ".";
  if (!message.subject.starts_with(own)) return;
  const auto applied = parse_position(message.payload);
  if (applied.ok() && applied->epoch == tail_.epoch()) hold_.note_applied(message.subject, applied->sequence, now);
}

void LogHub::on_log_begin(const Position& position, Break why) {
  hold_.clear();
  hold_.forget_stores();
  released_ = position.sequence;
  reads_.on_begin(position);
  ports_.to_all(LogBegin{position, reason_of(why)});
}

void LogHub::on_log_message(StreamSequence sequence, const NatsMessage& message) {
  ++counters_.messages;
  LogEventPtr routed;
  auto event = encoder_.encode(Position{tail_.epoch(), sequence}, message.subject, message.headers, message.payload);
  if (!event.ok()) {
    ++counters_.events_unreadable;
  } else if (!event->channels.empty()) {
    routed = std::make_shared<const LogEvent>(std::move(event).value());
  }
  hold_.add(sequence, std::move(routed), now_);
}

void LogHub::on_link_up() {
  down_since_.reset();
  reads_.on_link_up(tail_.epoch(), now_);
}

void LogHub::on_link_down() {
  down_since_ = now_;
  reads_.on_link_down();
}

void LogHub::tell_link(SteadyTime now) {
  if (tail_.following() && told_ == Link::kDegraded) {
    told_ = Link::kLive;
    ports_.to_all(LinkChange{told_});
  } else if (down_since_ && told_ == Link::kLive && now - *down_since_ >= kDegradedAfter) {
    told_ = Link::kDegraded;
    ports_.to_all(LinkChange{told_});
  }
}

void LogHub::release(SteadyTime now) {
  // Who saw an event behind a hole, and was away when the reset came, would never hear of what was purged.
  if (!tail_.sure()) return;
  Hold::Released out = hold_.release(now);
  if (!out.tail) return;
  released_ = *out.tail;
  counters_.events += out.events.size();
  counters_.held += out.waited;
  reads_.on_released(released_);
  ports_.to_all(Released{std::move(out.events), released_});
}

void LogHub::on_turn_end(SteadyTime now) {
  now_ = now;
  tail_.on_tick(now);
  reads_.on_tick(now);
  release(now);
  tell_link(now);
  if (tail_.caught_up() && released_ >= tail_.cursor()) caught_up_ = true;
}

SteadyTime LogHub::next_deadline(SteadyTime now) const {
  const SteadyTime tick = now + kTick;
  const auto held = hold_.next_deadline();
  return held ? std::min(tick, *held) : tick;
}

}  // namespace freshet::broker
