#include "broker/streams/streams.hpp"

#include <algorithm>
#include <array>

#include "broker/streams/resume.hpp"
#include "broker/websocket/protocol.hpp"
#include "shared/check.hpp"

namespace freshet::broker {

Streams::Streams(const StreamSettings& settings, const Clock& clock, StreamWire& wire, LogReader& reader, LoopCounters& counters)
    : settings_(settings), clock_(clock), wire_(wire), reader_(reader), counters_(counters), ring_(settings.ring) {}

// ---------------------------------------------------------------- opening

void Streams::open(StreamId id, std::string_view channel, Format format, std::string_view named, std::string head) {
  FRESHET_CHECK(can_open());
  flush();
  if (streams_.size() <= id) streams_.resize(id + 1);
  Stream& stream = streams_[id];
  FRESHET_CHECK(stream.state == State::kFree);
  stream.state = State::kOpen;
  stream.channel = channel;
  stream.format = format;
  stream.moved = true;
  stream.silent_rounds = 0;
  ++open_now_;
  counters_.streams_opened.add();
  counters_.streams_now.set(open_now_);
  head += transport(id).hello(settings_.retry);

  const ResumePlan plan = decide_resume(named, epoch_, ring_);
  if (plan.from == ResumePlan::From::kReset) return begin_reset(id, plan.reason, std::move(head));
  if (plan.from == ResumePlan::From::kRing) counters_.resumes_from_ring.add();
  if (plan.from == ResumePlan::From::kLog) counters_.resumes_from_log.add();
  stream.catching = std::make_unique<Catching>();
  stream.catching->cursor = plan.after;
  // The first bytes leave at once, also when the log must be asked.
  Batch first;
  first.add(make_frame(std::move(head)));
  if (plan.from != ResumePlan::From::kLog) {
    add_opening(stream, first);
    take_from_ring(stream, first);
  }
  send(id, first);
  advance(id);
}

void Streams::begin_reset(StreamId id, std::string_view reason, std::string head) {
  flush();  // what the position that is told covers must not come again
  counters_.note_reset(reason);
  stop_catching(id);
  ++streams_[id].generation;  // a page that was asked for before is not wanted any more
  head += transport(id).reset(position_text(ring_.tail()), reason, clock_.wall());
  say(id, make_frame(std::move(head)));
  if (link_ == Link::kDegraded) say(id, link_frame(streams_[id]));
  go_live(id);
}

void Streams::add_opening(Stream& stream, Batch& out) {
  if (stream.catching->opened) return;
  stream.catching->opened = true;
  out.add(make_frame(transport_of(stream.format).opening(position_text(stream.catching->cursor), clock_.wall())));
  if (link_ == Link::kDegraded) out.add(link_frame(stream));
}

// ---------------------------------------------------------------- sending

void Streams::flush() {
  for (Fanout& fanout : fanouts_) fanout.flush(*this);
  for (const StreamId id : leaving_) fanouts_[index_of(streams_[id].format)].unsubscribe(id);
  leaving_.clear();
}

void Streams::deliver(std::span<const SubscriberId> ids, const Batch& batch) {
  std::size_t open = 0;
  for (const StreamId id : ids) {
    const Stream& stream = streams_[id];
    if (stream.state != State::kOpen) continue;
    ++open;
    if (!stream.outbox.empty()) {
      queue_rest(id, batch, 0);
      continue;
    }
    sending_.push_back(id);
    if (sending_.size() == kSendsAtOnce) deliver_now(batch);
  }
  deliver_now(batch);
  counters_.deliveries.add(open * batch.frames.size());
}

void Streams::deliver_now(const Batch& batch) {
  std::array<std::optional<std::size_t>, kSendsAtOnce> taken;
  wire_.send_all(sending_, batch.pieces, std::span(taken).first(sending_.size()));
  for (std::size_t i = 0; i < sending_.size(); ++i) after_send(sending_[i], batch, taken[i]);
  sending_.clear();
}

void Streams::say(StreamId id, const Frame& frame) {
  Batch one;
  one.add(frame);
  send(id, one);
}

void Streams::send(StreamId id, const Batch& batch) {
  Stream& stream = streams_[id];
  if (stream.state != State::kOpen && stream.state != State::kEnding) return;
  if (stream.outbox.empty()) return after_send(id, batch, wire_.send(id, batch.pieces));
  queue_rest(id, batch, 0);
}

void Streams::after_send(StreamId id, const Batch& batch, std::optional<std::size_t> taken) {
  if (!taken) return end(id);
  streams_[id].moved |= *taken > 0;
  if (*taken < batch.bytes) queue_rest(id, batch, *taken);
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
      give_up(id, sent);
      break;
    }
    sent = 0;
  }
  if (!watching && stream.state != State::kEnded) wire_.watch_writable(id, true);
}

// A slow consumer. The frame under way is finished, so that the farewell can be read; the frames behind it come with the resume.
void Streams::give_up(StreamId id, std::size_t sent_of_frame) {
  Stream& stream = streams_[id];
  counters_.slow_consumers.add();
  const std::string last_words = transport(id).farewell({websocket::close::kTryLater, "slow consumer: come back and resume"});
  if (last_words.empty() || sent_of_frame > 0 || stream.state != State::kOpen) return end(id, Ending::kAborted);
  stream.outbox.keep_started();
  if (stream.outbox.push(make_frame(last_words), 0, settings_.outbox_bytes_max) == PushOutcome::kSlowConsumer)
    return end(id, Ending::kAborted);
  stream.state = State::kEnding;
  leaving_.push_back(id);
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
  if (stream.state == State::kEnding) return end(id, Ending::kSaid);
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
  if (!last_words.empty()) tell(id, std::move(last_words));
  if (streams_[id].state != State::kOpen) return;
  leaving_.push_back(id);
  flush();
  streams_[id].state = State::kEnding;
  if (streams_[id].outbox.empty()) end(id, Ending::kSaid);
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
    Stream& stream = streams_[id];
    fanouts_[index_of(stream.format)].unsubscribe(id);
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

void Streams::publish(const LogEvent& event) {
  for (const ChannelFrames& one : event.channels) {
    for (std::size_t format = 0; format < kFormats; ++format) {
      if (one.frames[format]) fanouts_[format].publish(one.channel, one.frames[format]);
    }
  }
}

void Streams::on_released(Released& released) {
  const SteadyTime now = clock_.steady();
  for (LogEventPtr& event : released.events) {
    publish(*event);
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
  say_link_to_all();
}

Frame Streams::link_frame(const Stream& stream) const { return make_frame(transport_of(stream.format).link(link_, clock_.wall())); }

void Streams::say_link_to_all() {
  flush();
  std::array<Batch, kFormats> said;
  for (std::size_t format = 0; format < kFormats; ++format) {
    said[format].add(make_frame(transport_of(static_cast<Format>(format)).link(link_, clock_.wall())));
  }
  for (StreamId id = 0; id < streams_.size(); ++id) {
    const Stream& stream = streams_[id];
    if (stream.state == State::kOpen && (!stream.catching || stream.catching->opened)) send(id, said[index_of(stream.format)]);
  }
}

// ---------------------------------------------------------------- time

// True when the client has been silent for too long.
bool Streams::hears_nobody(StreamId id) {
  const std::uint8_t most = transport(id).rounds().of_silence_max;
  return most > 0 && ++streams_[id].silent_rounds > most;
}

void Streams::keep_alive(StreamId id) {
  Stream& stream = streams_[id];
  if (stream.state != State::kOpen && stream.state != State::kEnding) return;
  if (stream.state == State::kOpen && hears_nobody(id)) {
    counters_.silent.add();
    return end_with(id, Farewell{websocket::close::kGoingAway, "nothing was heard for 300 s"});
  }
  if (!stream.outbox.empty()) {
    if (!stream.moved) {
      counters_.stalled.add();
      end(id, Ending::kAborted);
    }
    stream.moved = false;
    return;
  }
  if (stream.state != State::kOpen || tick_ / kKeepAliveTicks % transport(id).rounds().between_keep_alives != 0) return;
  const Transport& words = transport(id);
  say(id, make_frame(stream.catching ? words.waiting() : words.keep_alive(position_text(ring_.tail()), clock_.wall())));
}

// The slowest consumers go first, until what is left is within the bound.
void Streams::bound_unsent() {
  unsent_now_ = 0;
  for (const Stream& stream : streams_) unsent_now_ += stream.outbox.bytes_now();
  counters_.unsent_bytes.set(unsent_now_);
  if (unsent_now_ <= settings_.unsent_bytes_max) return;
  std::vector<std::pair<std::size_t, StreamId>> slow;
  for (StreamId id = 0; id < streams_.size(); ++id) {
    if (streams_[id].state == State::kOpen && !streams_[id].outbox.empty()) slow.emplace_back(streams_[id].outbox.bytes_now(), id);
  }
  std::sort(slow.rbegin(), slow.rend());
  for (const auto& [bytes, id] : slow) {
    if (unsent_now_ <= settings_.unsent_bytes_max) return;
    give_up(id, 0);
    unsent_now_ -= bytes - streams_[id].outbox.bytes_now();
  }
}

void Streams::on_tick() {
  flush();  // a keep-alive names the tail, so everything up to it must have gone before
  ring_.expire(clock_.steady());
  counters_.ring_bytes.set(ring_.bytes_now());
  counters_.ring_events.set(ring_.events_now());
  for (std::size_t id = tick_ % kKeepAliveTicks; id < streams_.size(); id += kKeepAliveTicks) keep_alive(static_cast<StreamId>(id));
  ++tick_;
  bound_unsent();
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
    end_with(id, Farewell{websocket::close::kRestart, "restart: come back and resume", std::chrono::milliseconds(500) + spread});
  }
}

}  // namespace freshet::broker
