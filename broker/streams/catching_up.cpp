// The part of Streams that brings a stream from the position it named to the tail: from the ring, from the log, or by waiting.
#include <algorithm>

#include "broker/streams/streams.hpp"

namespace freshet::broker {
namespace {

constexpr std::size_t kRingPartBytes = 512u << 10;  // of one turn of a stream that catches up from the ring

}  // namespace

void Streams::advance(StreamId id) {
  flush();
  while (streams_[id].state == State::kOpen && streams_[id].catching && advance_once(id)) {
  }
}

// Takes one step; true when the next can follow at once.
bool Streams::advance_once(StreamId id) {
  Stream& stream = streams_[id];
  Catching& catching = *stream.catching;
  if (!stream.outbox.empty() || catching.need != Need::kNothing) return false;
  if (ring_.covers(catching.cursor)) {
    Batch part;
    add_opening(stream, part);
    take_from_ring(stream, part);
    if (part.bytes > 0) send(id, part);
    if (stream.state != State::kOpen || catching.cursor < ring_.tail()) return stream.state == State::kOpen;
    go_live(id);
    return false;
  }
  const bool ahead = catching.cursor > ring_.tail();
  if (ahead && catching.confirmed) {
    Batch opening;
    add_opening(stream, opening);
    if (opening.bytes > 0) send(id, opening);
    ahead_.push_back(id);
    return false;
  }
  ask_log(id);
  return false;
}

void Streams::take_from_ring(Stream& stream, Batch& out) {
  Catching& catching = *stream.catching;
  const std::size_t bytes_before = out.bytes;
  bool all = true;
  ring_.each_behind(catching.cursor, stream.channel, stream.format, [&](StreamSequence sequence, const Frame& frame) {
    if (out.bytes - bytes_before >= kRingPartBytes) {
      all = false;
      return false;
    }
    out.add(frame);
    counters_.deliveries.add();
    catching.cursor = sequence;
    return true;
  });
  if (all) catching.cursor = ring_.tail();
}

void Streams::go_live(StreamId id) {
  stop_catching(id);
  const Stream& stream = streams_[id];
  if (stream.state == State::kOpen) fanouts_[index_of(stream.format)].subscribe(id, stream.channel);
}

void Streams::stop_catching(StreamId id) {
  if (!streams_[id].catching) return;
  const bool had_permit = streams_[id].catching->permit;
  streams_[id].catching.reset();
  if (!had_permit) return;
  --permits_now_;
}

void Streams::ask_log(StreamId id) {
  Catching& catching = *streams_[id].catching;
  if (catching.permit) return request_page(id);
  catching.need = Need::kPermit;
  wait_for_permit_.push_back(id);
  give_permits();
}

void Streams::give_permits() {
  while (permits_now_ < settings_.catching_up_max && !wait_for_permit_.empty()) {
    const StreamId id = wait_for_permit_.front();
    wait_for_permit_.pop_front();
    Stream& stream = streams_[id];
    if (stream.state != State::kOpen || !stream.catching || stream.catching->need != Need::kPermit) continue;
    stream.catching->permit = true;
    ++permits_now_;
    request_page(id);
  }
}

void Streams::request_page(StreamId id) {
  Stream& stream = streams_[id];
  stream.catching->need = Need::kPage;
  reader_.read(PageRequest{StreamKey{settings_.loop, id, stream.generation}, stream.catching->cursor, stream.channel, stream.format});
}

void Streams::on_page(Page& page) {
  if (page.key.stream >= streams_.size()) return;
  Stream& stream = streams_[page.key.stream];
  if (stream.generation != page.key.generation || stream.state != State::kOpen || !stream.catching) return;
  Catching& catching = *stream.catching;
  if (catching.need != Need::kPage) return;
  catching.need = Need::kNothing;
  if (page.log_first.value > catching.cursor.value + 1) return begin_reset(page.key.stream, "too-old", {});
  if (page.log_last < catching.cursor) return begin_reset(page.key.stream, "ahead", {});
  catching.confirmed = true;
  Batch part;
  add_opening(stream, part);
  for (const Frame& frame : page.frames) part.add(frame);
  counters_.deliveries.add(page.frames.size());
  // What the ring holds comes from the ring: a replica that answered may not have had it yet.
  catching.cursor = std::max(catching.cursor, std::min(page.through, std::max(page.last, ring_.floor())));
  if (part.bytes > 0) send(page.key.stream, part);
  advance(page.key.stream);
}

void Streams::advance_waiting() {
  if (ahead_.empty()) return;
  std::vector<StreamId> waiting;
  waiting.swap(ahead_);  // those that still have to wait put themselves back
  for (const StreamId id : waiting) advance(id);
}

}  // namespace freshet::broker
