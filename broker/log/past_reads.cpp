#include "broker/log/past_reads.hpp"

#include "broker/log/jetstream_text.hpp"
#include "shared/json.hpp"
#include "shared/subject.hpp"

namespace freshet::broker {

std::string PastReads::inbox() const { return std::string(wire_.inbox()) + ".past." + std::to_string(attempt_); }

void PastReads::on_connected(WallTime since, SteadyTime now) {
  connected_ = true;
  since_ = since;
  ask(now);
}

void PastReads::ask(SteadyTime now) {
  if (done() || !connected_) return;
  ++attempt_;  // what still comes of an older one is ignored
  last_in_batch_ = 0;
  deadline_ = now + kPatience;
  std::string body;
  JsonWriter writer(body);
  writer.begin_object().key("batch").number(kBatch).field("next_by_subj", filters_[next_filter_]);
  if (last_.value == 0) {
    writer.field("start_time", format_time(since_));
  } else {
    writer.key("seq").number(static_cast<std::int64_t>(last_.value + 1));
  }
  writer.end_object();
  wire_.publish("$JS.API.DIRECT.GET." + std::string(kLogStream), inbox(), body);
}

bool PastReads::on_message(const NatsMessage& message, SteadyTime now) {
  if (!message.subject.starts_with(std::string(wire_.inbox()) + ".past.")) return false;
  if (done() || message.subject != inbox()) return true;
  const std::string_view status = message.header("Status");
  if (status.empty()) {
    const auto sequence = parse_count(message.header("Nats-Sequence"));
    if (!sequence || parse_count(message.header("Nats-Last-Sequence")) != last_in_batch_) {
      ask(now);  // one is missing
      return true;
    }
    take_(message.header("Nats-Subject"), message.payload);
    last_ = StreamSequence{*sequence};
    last_in_batch_ = *sequence;
    deadline_ = now + kPatience;
    return true;
  }
  const bool end = status == "404" || (status == "204" && message.header("Nats-Num-Pending") == "0");
  if (status != "404" && status != "204") return true;  // refused: asked again when the patience ends
  if (end) {
    ++next_filter_;
    last_ = {};
  }
  ask(now);
  return true;
}

void PastReads::on_tick(SteadyTime now) {
  if (connected_ && !done() && now >= deadline_) ask(now);
}

}  // namespace freshet::broker
