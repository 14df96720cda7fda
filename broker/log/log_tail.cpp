#include "broker/log/log_tail.hpp"

#include <algorithm>

#include "broker/log/jetstream_text.hpp"
#include "shared/json.hpp"
#include "shared/subject.hpp"

namespace freshet::broker {
namespace {

std::string create_request(const std::string& name, const std::string& deliver_subject, StreamSequence start) {
  std::string out;
  JsonWriter writer(out);
  writer.begin_object().field("stream_name", kLogStream).key("config").begin_object();
  writer.field("name", name).field("deliver_subject", deliver_subject).field("deliver_policy", "by_start_sequence");
  writer.key("opt_start_seq").number(static_cast<std::int64_t>(start.value));
  writer.field("ack_policy", "none").key("max_deliver").number(1).field("replay_policy", "instant");
  writer.key("flow_control").boolean(true);
  writer.key("idle_heartbeat").number(std::chrono::nanoseconds(LogTail::kIdleHeartbeat).count());
  writer.key("inactive_threshold").number(std::chrono::nanoseconds(std::chrono::seconds(30)).count());
  writer.key("num_replicas").number(1).key("mem_storage").boolean(true);
  writer.end_object().end_object();
  return out;
}

std::optional<std::string> epoch_of(std::string_view payload) {
  const auto object = parse_json_object(payload);
  if (!object.ok()) return std::nullopt;
  const std::string* epoch = json_text(*object, "epoch");
  return epoch != nullptr && is_epoch(*epoch) ? std::optional(*epoch) : std::nullopt;
}

}  // namespace

std::size_t NatsMessage::bytes() const {
  std::size_t sum = subject.size() + reply.size() + payload.size() + sizeof(NatsMessage);
  for (const auto& [name, value] : headers) sum += name.size() + value.size();
  return sum;
}

LogTail::LogTail(NatsWire& wire, LogTailSink& sink, std::string consumer_prefix, std::size_t events_before)
    : wire_(wire), sink_(sink), consumer_prefix_(std::move(consumer_prefix)), events_before_(events_before) {}

std::string LogTail::consumer_name() const { return consumer_prefix_ + "-" + std::to_string(attempt_); }

// Beside the inbox, not in it: it is received by a subscription of its own.
std::string LogTail::deliver_subject() const { return std::string(wire_.inbox()) + "-log." + std::to_string(attempt_); }

std::string LogTail::inbox(std::string_view what) const {
  return std::string(wire_.inbox()) + ".tail." + std::to_string(attempt_) + "." + std::string(what);
}

void LogTail::on_connected(SteadyTime now) { attempt(now); }

void LogTail::on_disconnected() { leave(State::kAway); }

void LogTail::leave(State next) {
  const bool was_following = following();
  state_ = next;
  if (was_following) sink_.on_link_down();
}

void LogTail::attempt(SteadyTime now) {
  ++attempt_;
  asked_state_.reset();
  asked_epoch_.reset();
  state_ = State::kAsking;
  deadline_ = now + kAnswerPatience;
  const std::string stream(kLogStream);
  wire_.publish("$JS.API.STREAM.INFO." + stream, inbox("info"), "");
  std::string last_epoch;
  JsonWriter(last_epoch).begin_object().field("last_by_subj", kEpochSubject).end_object();
  wire_.publish("$JS.API.DIRECT.GET." + stream, inbox("epoch"), last_epoch);
}

void LogTail::fail(SteadyTime now) {
  if (state_ == State::kFollowing || state_ == State::kCreating) {
    wire_.publish("$JS.API.CONSUMER.DELETE." + std::string(kLogStream) + "." + consumer_name(), "", "");
  }
  // A gap while following is repaired at once; streams need not hear of it unless it lasts.
  if (state_ == State::kFollowing) {
    leave(State::kPausing);
    attempt(now);
    return;
  }
  leave(State::kPausing);
  deadline_ = now + kRetryPause;
}

void LogTail::on_tick(SteadyTime now) {
  if (hole_ && following() && now >= hole_deadline_) ask_about_hole(now);
  if (state_ == State::kAway || now < deadline_) return;
  if (state_ == State::kPausing) {
    attempt(now);
  } else {
    fail(now);
  }
}

bool LogTail::on_message(const NatsMessage& message, SteadyTime now) {
  if (const auto delivered = parse_ack_subject(message.reply)) {
    if (state_ == State::kAway || delivered->consumer != consumer_name()) return delivered->consumer.starts_with(consumer_prefix_);
    on_data(message, now);
    return true;
  }
  const std::string own = std::string(wire_.inbox()) + ".tail.";
  if (!message.subject.starts_with(own) && !message.subject.starts_with(std::string(wire_.inbox()) + "-log.")) return false;
  if (state_ == State::kAway) return true;
  if (message.subject == deliver_subject() && (following() || state_ == State::kCreating)) {
    on_status(message, now);
  } else if (message.subject == inbox("info") && state_ == State::kAsking) {
    on_info(message, now);
  } else if (message.subject == inbox("epoch") && state_ == State::kAsking) {
    on_epoch(message, now);
  } else if (message.subject == inbox("hole") && hole_) {
    on_hole_answer(message, now);
  } else if (message.subject == inbox("create") && state_ == State::kCreating) {
    on_created(message, now);
  }
  return true;
}

void LogTail::on_info(const NatsMessage& message, SteadyTime now) {
  const auto state = parse_stream_info(message.payload);
  if (!state) return fail(now);
  asked_state_ = LogState{state->first, state->last};
  if (asked_epoch_) create(now);
}

void LogTail::on_epoch(const NatsMessage& message, SteadyTime now) {
  const auto sequence = parse_count(message.header("Nats-Sequence"));
  const auto epoch = epoch_of(message.payload);
  if (!sequence || !epoch) return fail(now);  // `freshet init` has not run yet
  asked_epoch_ = Position{*epoch, StreamSequence{*sequence}};
  if (asked_state_) create(now);
}

void LogTail::create(SteadyTime now) {
  const auto [first, last] = *asked_state_;
  std::optional<Break> why;
  if (!begun_) {
    why = Break::kFirst;
  } else if (asked_epoch_->epoch != epoch_) {
    why = Break::kEpoch;
  } else if (last < cursor_) {
    why = Break::kShorter;
  } else if (first.value > cursor_.value + 1 || (hole_ && first > *hole_)) {
    why = Break::kPurged;
  }
  hole_.reset();
  epoch_ = asked_epoch_->epoch;
  epoch_at_ = asked_epoch_->sequence;
  if (why) {
    const std::uint64_t before = std::min<std::uint64_t>(events_before_, last.value);
    const std::uint64_t start = *why == Break::kFirst ? last.value - before : last.value;
    cursor_.value = std::max(start, first.value > 0 ? first.value - 1 : 0);
    begun_ = true;
    sink_.on_log_begin(Position{epoch_, cursor_}, *why);
  }
  consumer_sequence_ = 0;
  caught_up_ = false;
  state_ = State::kCreating;
  deadline_ = now + kAnswerPatience;
  wire_.receive_deliveries(deliver_subject());
  const std::string subject = "$JS.API.CONSUMER.CREATE." + std::string(kLogStream) + "." + consumer_name();
  wire_.publish(subject, inbox("create"), create_request(consumer_name(), deliver_subject(), StreamSequence{cursor_.value + 1}));
}

void LogTail::on_created(const NatsMessage& message, SteadyTime now) {
  const auto answer = parse_json_object(message.payload);
  const auto pending = answer.ok() ? json_integer(*answer, "num_pending") : std::nullopt;
  if (!pending || *pending < 0) return fail(now);  // an error has none
  pending_at_start_ = static_cast<std::uint64_t>(*pending);
  state_ = State::kFollowing;
  deadline_ = now + kSilencePatience;
  sink_.on_link_up();
  if (consumer_sequence_ >= pending_at_start_) note_caught_up(now);
}

void LogTail::on_status(const NatsMessage& message, SteadyTime now) {
  if (message.header("Status") != "100") return fail(now);  // the consumer is gone (409)
  if (following()) deadline_ = now + kSilencePatience;
  if (!message.reply.empty()) {  // flow control
    wire_.publish(message.reply, "", "");
    return;
  }
  const auto stalled = message.header("Nats-Consumer-Stalled");
  if (!stalled.empty()) wire_.publish(stalled, "", "");
  const auto last = parse_count(message.header("Nats-Last-Consumer"));
  if (last && *last != consumer_sequence_) return fail(now);  // something before this heartbeat is missing
  // The server has nothing more, unless it waits for us: what it had counted may have been deleted since.
  if (following() && stalled.empty()) note_caught_up(now);
}

void LogTail::on_data(const NatsMessage& message, SteadyTime now) {
  const auto delivered = parse_ack_subject(message.reply);
  if (state_ != State::kFollowing && state_ != State::kCreating) return;
  if (delivered->consumer_sequence != consumer_sequence_ + 1 || delivered->stream_sequence <= cursor_) return fail(now);
  if (state_ == State::kFollowing) deadline_ = now + kSilencePatience;
  if (message.subject == kEpochSubject && delivered->stream_sequence > epoch_at_) {
    if (auto epoch = epoch_of(message.payload)) note_epoch(delivered->stream_sequence, std::move(*epoch));
  }
  if (delivered->stream_sequence.value > cursor_.value + 1) note_hole(now);
  sink_.on_log_message(delivered->stream_sequence, message);
  consumer_sequence_ = delivered->consumer_sequence;
  cursor_ = delivered->stream_sequence;
  if (following() && consumer_sequence_ >= pending_at_start_) note_caught_up(now);
}

void LogTail::note_caught_up(SteadyTime now) {
  if (caught_up_) return;
  caught_up_ = true;
  if (asked_state_->last <= cursor_) return;
  note_hole(now);
  sink_.on_log_passed(asked_state_->last);
  cursor_ = asked_state_->last;
}

void LogTail::note_hole(SteadyTime now) {
  hole_grew_ = hole_.has_value();
  if (hole_) return;
  hole_ = StreamSequence{cursor_.value + 1};
  ask_about_hole(now);
}

void LogTail::ask_about_hole(SteadyTime now) {
  hole_grew_ = false;
  hole_deadline_ = now + kAnswerPatience;
  wire_.publish("$JS.API.STREAM.INFO." + std::string(kLogStream), inbox("hole"), "");
}

void LogTail::on_hole_answer(const NatsMessage& message, SteadyTime now) {
  const auto state = parse_stream_info(message.payload);
  if (!state) return;  // asked again when the patience ends
  if (state->first > *hole_) {
    hole_.reset();
    sink_.on_log_begin(Position{epoch_, cursor_}, Break::kPurged);
  } else if (hole_grew_) {
    ask_about_hole(now);
  } else {
    hole_.reset();
  }
}

void LogTail::note_epoch(StreamSequence at, std::string epoch) {
  epoch_at_ = at;
  if (epoch == epoch_) return;
  epoch_ = std::move(epoch);
  sink_.on_log_begin(Position{epoch_, StreamSequence{at.value - 1}}, Break::kEpoch);
}

}  // namespace freshet::broker
