#include "broker/log/log_reads.hpp"

#include <algorithm>

#include "broker/log/event_encoder.hpp"
#include "broker/log/jetstream_text.hpp"
#include "shared/json.hpp"
#include "shared/routing.hpp"
#include "shared/subject.hpp"

namespace freshet::broker {

std::string LogReads::inbox(std::uint64_t id, std::string_view what) const {
  return std::string(wire_.inbox()) + ".read." + std::to_string(id) + "." + std::string(what);
}

void LogReads::request(const PageRequest& request, SteadyTime now) {
  waiting_.push_back(request);
  start_next(now);
}

void LogReads::on_link_up(const std::string& epoch, SteadyTime now) {
  up_ = true;
  epoch_ = epoch;
  start_next(now);
}

void LogReads::on_link_down() {
  up_ = false;
  for (auto& [id, read] : reading_) waiting_.push_front(read.request);
  reading_.clear();
}

void LogReads::on_begin(const Position& position) {
  epoch_ = position.epoch;
  released_ = position.sequence;
  waiting_.clear();  // every stream is told to begin anew
  reading_.clear();
}

void LogReads::start_next(SteadyTime now) {
  while (up_ && reading_.size() < kReadsMax && !waiting_.empty()) {
    const PageRequest next = waiting_.front();
    waiting_.pop_front();
    start(next, now);
  }
}

void LogReads::start(const PageRequest& request, SteadyTime now) {
  const std::uint64_t id = ++last_id_;
  Read& read = reading_[id];
  read.request = request;
  read.page.key = request.key;
  read.page.epoch = epoch_;
  read.last = request.after;
  read.released = released_;
  read.deadline = now + kPatience;
  std::string body;
  JsonWriter writer(body);
  writer.begin_object().key("seq").number(static_cast<std::int64_t>(request.after.value + 1));
  writer.key("batch").number(kPageEvents).key("max_bytes").number(static_cast<std::int64_t>(page_bytes_));
  writer.field("next_by_subj", subject_filter(request.channel)).end_object();
  wire_.publish("$JS.API.DIRECT.GET." + std::string(kLogStream), inbox(id, "page"), body);
}

void LogReads::again(std::uint64_t id, SteadyTime now) {
  const PageRequest request = reading_[id].request;
  reading_.erase(id);
  start(request, now);  // under a new number: what still comes of the old one is ignored
}

bool LogReads::on_message(const NatsMessage& message, SteadyTime now) {
  const std::string own = std::string(wire_.inbox()) + ".read.";
  if (!message.subject.starts_with(own)) return false;
  const std::string_view rest = std::string_view(message.subject).substr(own.size());
  const auto dot = rest.find('.');
  const auto id = parse_count(rest.substr(0, dot));
  const auto at = id ? reading_.find(*id) : reading_.end();
  if (at == reading_.end()) return true;
  if (rest.substr(dot + 1) == "info") {
    on_info(at->first, at->second, message, now);
  } else if (message.header("Status").empty()) {
    on_event(at->first, at->second, message, now);
  } else {
    on_batch_end(at->first, at->second, message, now);
  }
  return true;
}

void LogReads::on_event(std::uint64_t id, Read& read, const NatsMessage& message, SteadyTime now) {
  const auto sequence = parse_count(message.header("Nats-Sequence"));
  const auto before = parse_count(message.header("Nats-Last-Sequence"));
  // Each names the one before it in its batch, the first one none.
  const std::uint64_t expected_before = read.last == read.request.after ? 0 : read.last.value;
  if (!sequence || *sequence <= read.last.value || before != expected_before) return again(id, now);  // one is missing
  read.deadline = now + kPatience;
  read.last = StreamSequence{*sequence};
  if (read.last > read.released) return;
  auto event = encoder_.encode(Position{epoch_, read.last}, message.header("Nats-Subject"), message.headers, message.payload);
  if (!event.ok()) {
    ++events_unreadable_;
    return;
  }
  for (const ChannelFrames& one : event->channels) {
    const Frame& frame = one.frames[index_of(read.request.format)];
    if (one.channel == read.request.channel && frame) read.page.frames.push_back(frame);
  }
}

void LogReads::on_batch_end(std::uint64_t id, Read& read, const NatsMessage& message, SteadyTime now) {
  const auto status = message.header("Status");
  if (status == "404") {
    read.everything = true;
  } else if (status == "204") {
    if (parse_count(message.header("Nats-Last-Sequence")) != read.last.value) return again(id, now);
    read.everything = message.header("Nats-Num-Pending") == "0";
  } else {
    read.deadline = now + kPatience;  // refused: asked again when the patience ends
    return;
  }
  wire_.publish("$JS.API.STREAM.INFO." + std::string(kLogStream), inbox(id, "info"), "");
}

void LogReads::on_info(std::uint64_t id, Read& read, const NatsMessage& message, SteadyTime now) {
  const auto state = parse_stream_info(message.payload);
  if (!state) return;  // asked again when the patience ends
  read.page.last = std::min(read.last, std::max(read.released, read.request.after));
  read.page.log_first = state->first;
  read.page.log_last = state->last;
  // What came out while the page was read is left to the ring.
  read.page.through = read.everything ? std::max(read.released, read.request.after) : std::min(read.last, read.released);
  ++pages_read_;
  ports_.to_one(read.request.key.loop, std::move(read.page));
  reading_.erase(id);
  start_next(now);
}

void LogReads::on_tick(SteadyTime now) {
  std::vector<std::uint64_t> late;
  for (const auto& [id, read] : reading_) {
    if (now >= read.deadline) late.push_back(id);
  }
  for (const std::uint64_t id : late) again(id, now);
}

}  // namespace freshet::broker
