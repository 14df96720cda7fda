#include "broker/streams/streams.hpp"

#include <algorithm>
#include <array>

#include "broker/sse/sse.hpp"
#include "broker/streams/resume.hpp"
#include "shared/check.hpp"

namespace freshet::broker {

Streams::Streams(const StreamSettings& settings, const Clock& clock, StreamWire& wire, LogReader& reader, LoopCounters& counters)
    : settings_(settings),
      clock_(clock),
      wire_(wire),
      reader_(reader),
      counters_(counters),
      ring_(settings.ring),
      degraded_(make_frame(std::string(sse::kDegraded))),
      live_(make_frame(std::string(sse::kLive))),
      waiting_(make_frame(std::string(sse::kWaiting))) {}

// ---------------------------------------------------------------- opening

void Streams::open(StreamId id, std::string_view channel, std::string_view named, std::string head) {
  FRESHET_CHECK(can_open());
  flush();
  if (streams_.size() <= id) streams_.resize(id + 1);
  Stream& stream = streams_[id];
  FRESHET_CHECK(stream.state == State::kFree);
  stream.state = State::kOpen;
  stream.channel = channel;
  stream.moved = true;
  ++open_now_;
  counters_.streams_opened.add();
  counters_.streams_now.set(open_now_);
  sse::append_retry(head, settings_.retry);

  const ResumePlan plan = decide_resume(named, epoch_, ring_);
  if (plan.from == ResumePlan::From::kReset) return begin_reset(id, plan.reason, std::move(head));
  if (plan.from == ResumePlan::From::kRing) counters_.resumes_from_ring.add();
  if (plan.from == ResumePlan::From::kLog) counters_.resumes_from_log.add();
  stream.catching = std::make_unique<Catching>();
  stream.catching->cursor = plan.after;
  // `retry:` belongs to the event that follows it, or to nothing: first bytes leave at once also when the log must be asked.
  Batch first;
  if (plan.from != ResumePlan::From::kLog) {
    stream.catching->opened = true;
    head += sse::encode_open(position_text(plan.after));
    first.add(make_frame(std::move(head)));
    if (link_ == Link::kDegraded) first.add(degraded_);
    take_from_ring(*stream.catching, channel, first);
  } else {
    head += '\n';
    first.add(make_frame(std::move(head)));
  }
  send(id, first);
  advance(id);
}

void Streams::begin_reset(StreamId id, std::string_view reason, std::string head) {
  flush();  // what the position that is told covers must not come again
  counters_.note_reset(reason);
  stop_catching(id);
  ++streams_[id].generation;  // a page that was asked for before is not wanted any more
  head += sse::encode_reset(position_text(ring_.tail()), reason);
  say(id, make_frame(std::move(head)));
  if (link_ == Link::kDegraded) say(id, degraded_);
  go_live(id);
}

void Streams::add_opening(Stream& stream, Batch& out) {
  if (stream.catching->opened) return;
  stream.catching->opened = true;
  out.add(make_frame(sse::encode_open(position_text(stream.catching->cursor))));
  if (link_ == Link::kDegraded) out.add(degraded_);
}

// ---------------------------------------------------------------- sending

void Streams::flush() { fanout_.flush(*this); }

void Streams::deliver(SubscriberId id, const Batch& batch) {
  counters_.deliveries.add(batch.frames.size());
  send(id, batch);
}

void Streams::say(StreamId id, const Frame& frame) {
  Batch one;
  one.add(frame);
  send(id, one);
}

void Streams::send(StreamId id, const Batch& batch) {
  Stream& stream = streams_[id];
  if (stream.state != State::kOpen && stream.state != State::kEnding) return;
  std::size_t sent = 0;
  if (stream.outbox.empty()) {
    const auto taken = wire_.send(id, batch.pieces);
    if (!taken) return end(id);
    sent = *taken;
    stream.moved |= sent > 0;
    if (sent == batch.bytes) return;
  }
  queue_rest(id, batch, sent);
}

void Streams::queue_rest(StreamId id, const Batch& batch, std::size_t sent) {
  Stream& stream = streams_[id];
  const bool watching = !stream.outbox.empty();
  for (const Frame& frame : batch.frames) {
    if (sent >= frame->size()) {
      sent -= frame->size();
      continue;
    }
    if (stream.outbox.push(frame, sent, settings_.outbox_bytes_max) == PushOutcome::kSlowConsumer) {
      counters_.slow_consumers.add();
      return end(id, Ending::kAborted);
    }
    sent = 0;
  }
  if (!watching) wire_.watch_writable(id, true);
}

void Streams::on_writable(StreamId id) {
  Stream& stream = streams_[id];
  while (stream.state == State::kOpen || stream.state == State::kEnding) {
    if (stream.outbox.empty()) break;
    std::array<iovec, Outbox::kPiecesMax> pieces;
    const std::size_t count = stream.outbox.gather(pieces);
    const auto taken = wire_.send(id, std::span(pieces.data(), count));
    if (!taken) return end(id);
    if (*taken == 0) return;
    stream.moved = true;
    stream.outbox.consume(*taken);
  }
  if (stream.state == State::kEnding) return end(id);
  if (stream.state != State::kOpen) return;
  wire_.watch_writable(id, false);
  if (stream.catching) advance(id);
}

void Streams::on_peer_closed(StreamId id) { end(id); }

void Streams::tell(StreamId id, std::string bytes) {
  flush();
  if (streams_[id].state == State::kOpen) say(id, make_frame(std::move(bytes)));
}

void Streams::end_with(StreamId id, std::string last_words) {
  tell(id, std::move(last_words));
  if (streams_[id].state != State::kOpen) return;
  fanout_.unsubscribe(id);
  streams_[id].state = State::kEnding;
  if (streams_[id].outbox.empty()) end(id);
}

// Marks; the turn's end closes.
void Streams::end(StreamId id, Ending ending) {
  Stream& stream = streams_[id];
  if (stream.state == State::kFree || stream.state == State::kEnded) return;
  stream.state = State::kEnded;
  stream.ending = ending;
  stream.outbox.clear();
  ended_.push_back(id);
}

void Streams::reap() {
  while (!ended_.empty()) {
    const StreamId id = ended_.back();
    ended_.pop_back();
    stop_catching(id);
    fanout_.unsubscribe(id);
    Stream& stream = streams_[id];
    stream.state = State::kFree;
    ++stream.generation;
    --open_now_;
    wire_.close(id, stream.ending);
  }
  counters_.streams_now.set(open_now_);
}

void Streams::on_turn_end() {
  flush();
  reap();
  give_permits();
  reap();
}

// ---------------------------------------------------------------- what the log side says

void Streams::on_log(LogOutput output) {
  if (auto* released = std::get_if<Released>(&output)) return on_released(*released);
  if (auto* page = std::get_if<Page>(&output)) return on_page(*page);
  if (const auto* begin = std::get_if<LogBegin>(&output)) return on_begin(*begin);
  if (const auto* change = std::get_if<LinkChange>(&output)) return on_link(change->link);
}

void Streams::on_released(Released& released) {
  const SteadyTime now = clock_.steady();
  for (LogEventPtr& event : released.events) {
    for (const ChannelFrame& one : event->frames) fanout_.publish(one.channel, one.frame);
    ring_.add(std::move(event), now);
  }
  ring_.advance(released.tail);
  counters_.ring_bytes.set(ring_.bytes_now());
  counters_.ring_events.set(ring_.events_now());
  advance_waiting();
}

void Streams::on_begin(const LogBegin& begin) {
  flush();
  epoch_ = begin.position.epoch;
  ring_.restart(begin.position.sequence);
  ahead_.clear();
  wait_for_permit_.clear();
  const bool first = !begun_;
  begun_ = true;
  if (first) return;
  for (StreamId id = 0; id < streams_.size(); ++id) {
    if (streams_[id].state == State::kOpen) begin_reset(id, begin.reason, {});
  }
}

void Streams::on_link(Link link) {
  if (link == link_) return;
  link_ = link;
  say_to_all(link == Link::kLive ? live_ : degraded_);
}

void Streams::say_to_all(const Frame& frame) {
  flush();
  Batch one;
  one.add(frame);
  for (StreamId id = 0; id < streams_.size(); ++id) {
    const Stream& stream = streams_[id];
    if (stream.state == State::kOpen && (!stream.catching || stream.catching->opened)) send(id, one);
  }
}

// ---------------------------------------------------------------- time

void Streams::keep_alive(StreamId id) {
  Stream& stream = streams_[id];
  if (stream.state != State::kOpen && stream.state != State::kEnding) return;
  if (!stream.outbox.empty()) {
    if (!stream.moved) {
      counters_.stalled.add();
      end(id, Ending::kAborted);
    }
    stream.moved = false;
    return;
  }
  if (stream.state != State::kOpen) return;
  if (stream.catching) {
    say(id, waiting_);  // its position is not the tail's
  } else {
    say(id, make_frame(sse::encode_keep_alive(position_text(ring_.tail()))));
  }
}

void Streams::on_tick() {
  flush();  // a keep-alive names the tail, so everything up to it must have gone before
  ring_.expire(clock_.steady());
  counters_.ring_bytes.set(ring_.bytes_now());
  counters_.ring_events.set(ring_.events_now());
  for (std::size_t id = tick_ % kKeepAliveTicks; id < streams_.size(); id += kKeepAliveTicks) keep_alive(static_cast<StreamId>(id));
  ++tick_;
  if (draining_) drain_wave();
}

void Streams::drain() {
  draining_ = true;
  drain_next_ = 0;
}

void Streams::drain_wave() {
  const std::size_t wave = std::max<std::size_t>(streams_.size() / kDrainTicks, 50);
  const std::size_t until = std::min(streams_.size(), drain_next_ + wave);
  for (; drain_next_ < until; ++drain_next_) {
    const auto id = static_cast<StreamId>(drain_next_);
    if (streams_[id].state != State::kOpen) continue;
    // Spread, so that they do not all come back at once.
    const std::chrono::milliseconds spread(drain_next_ * 7919 % 2000);
    end_with(id, sse::encode_goodbye(std::chrono::milliseconds(500) + spread));
  }
}

}  // namespace freshet::broker
