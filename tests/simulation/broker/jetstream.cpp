#include "tests/simulation/broker/jetstream.hpp"

#include <algorithm>
#include <chrono>

#include "shared/json.hpp"

namespace freshet::simulation {
namespace {

constexpr std::chrono::seconds kHeartbeat{2};

// `log.article.*` and `log.article.>` alike: enough for the filters that are used.
bool matches(std::string_view filter, std::string_view subject) {
  return subject.starts_with(filter.substr(0, filter.size() - 1));
}

}  // namespace

std::uint64_t JetStream::append(Stored message) {
  messages_.emplace(++last_, std::move(message));
  return last_;
}

void JetStream::purge_before(std::uint64_t sequence) {
  purged_before_ = std::max(purged_before_, sequence);
  messages_.erase(messages_.begin(), messages_.lower_bound(sequence));
}

void JetStream::truncate_after(std::uint64_t sequence) {
  messages_.erase(messages_.upper_bound(sequence), messages_.end());
  last_ = std::min(last_, sequence);
}

std::uint64_t JetStream::first() const { return messages_.empty() ? last_ + 1 : messages_.begin()->first; }

void JetStream::answer(std::string_view to, std::string payload, HeaderList headers) {
  outgoing.push_back({std::string(to), "", std::move(headers), std::move(payload)});
}

void JetStream::receive(std::string_view subject, std::string_view reply, std::string_view payload) {
  constexpr std::string_view kCreate = "$JS.API.CONSUMER.CREATE.LOG.";
  constexpr std::string_view kDelete = "$JS.API.CONSUMER.DELETE.LOG.";
  if (subject == "$JS.API.STREAM.INFO.LOG") {
    stream_info(reply);
  } else if (subject == "$JS.API.DIRECT.GET.LOG") {
    direct_get(reply, payload);
  } else if (subject.starts_with(kCreate)) {
    create_consumer(subject.substr(kCreate.size()), reply, payload);
  } else if (subject.starts_with(kDelete)) {
    consumers_.erase(std::string(subject.substr(kDelete.size())));
  } else {
    for (auto& [name, consumer] : consumers_) {
      if (consumer.awaited == subject) consumer.awaited.clear();
    }
  }
}

void JetStream::stream_info(std::string_view reply) {
  answer(reply, R"({"config":{},"state":{"first_seq":)" + std::to_string(first()) + R"(,"last_seq":)" + std::to_string(last_) + "}}");
}

void JetStream::direct_get(std::string_view reply, std::string_view request) {
  const Json asked = parse_json_object(request).value();
  if (const std::string* subject = json_text(asked, "last_by_subj")) {
    for (auto at = messages_.rbegin(); at != messages_.rend(); ++at) {
      if (at->second.subject != *subject) continue;
      return answer(reply, at->second.payload, {{"Nats-Subject", *subject}, {"Nats-Sequence", std::to_string(at->first)}});
    }
    return answer(reply, "", {{"Status", "404"}});
  }
  const std::string filter = json_text_or(asked, "next_by_subj", "");
  const auto from = static_cast<std::uint64_t>(json_integer(asked, "seq").value());
  const auto batch = static_cast<std::size_t>(json_integer(asked, "batch").value());
  std::vector<std::uint64_t> found;
  for (auto at = messages_.lower_bound(from); at != messages_.end(); ++at) {
    if (matches(filter, at->second.subject)) found.push_back(at->first);
  }
  if (found.empty()) return answer(reply, "", {{"Status", "404"}});
  // At most so many, and no more behind the one that passes `max_bytes`.
  const auto bytes_max = static_cast<std::size_t>(json_integer(asked, "max_bytes").value_or(1 << 30));
  const std::size_t most = std::min(found.size(), std::min<std::size_t>(batch, 1 + random_.below(20)));
  std::size_t count = 0;
  for (std::size_t bytes = 0; count < most && bytes < bytes_max; ++count) bytes += messages_.at(found[count]).payload.size();
  std::uint64_t before = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const Stored& message = messages_.at(found[i]);
    HeaderList headers = message.headers;
    headers.emplace_back("Nats-Subject", message.subject);
    headers.emplace_back("Nats-Sequence", std::to_string(found[i]));
    headers.emplace_back("Nats-Last-Sequence", std::to_string(before));
    before = found[i];
    answer(reply, message.payload, std::move(headers));
  }
  answer(reply, "", {{"Status", "204"}, {"Nats-Num-Pending", std::to_string(found.size() - count)}, {"Nats-Last-Sequence", std::to_string(before)}});
}

void JetStream::create_consumer(std::string_view name, std::string_view reply, std::string_view request) {
  const Json asked = parse_json_object(request).value();
  const Json* config = json_member(asked, "config");
  Consumer consumer;
  consumer.deliver_subject = json_text_or(*config, "deliver_subject", "");
  consumer.next = static_cast<std::uint64_t>(json_integer(*config, "opt_start_seq").value());
  consumer.last_sequence = consumer.next - 1;
  consumer.last_activity = clock_.steady();
  consumers_[std::string(name)] = consumer;
  const auto pending = std::distance(messages_.lower_bound(consumer.next), messages_.end());
  answer(reply, R"({"config":{},"num_pending":)" + std::to_string(pending) + "}");
}

void JetStream::push(const std::string& name, Consumer& consumer) {
  for (int burst = 0; burst < 8 && consumer.awaited.empty(); ++burst) {
    const auto at = messages_.lower_bound(consumer.next);
    if (at == messages_.end()) return;
    consumer.next = at->first + 1;
    consumer.last_sequence = at->first;
    ++consumer.sent;
    consumer.last_activity = clock_.steady();
    const std::string ack = "$JS.ACK.LOG." + name + ".1." + std::to_string(at->first) + "." + std::to_string(consumer.sent) + ".0.0";
    outgoing.push_back({at->second.subject, ack, at->second.headers, at->second.payload});
    if (--consumer.until_flow_control == 0) {
      consumer.until_flow_control = 16;
      consumer.awaited = "$JS.FC.LOG." + name + "." + std::to_string(++flow_controls_);
      outgoing.push_back({consumer.deliver_subject, consumer.awaited, {{"Status", "100"}, {"Description", "FlowControl Request"}}, ""});
    }
  }
}

void JetStream::heartbeat(Consumer& consumer) {
  consumer.last_activity = clock_.steady();
  HeaderList headers{{"Status", "100"},
                     {"Description", "Idle Heartbeat"},
                     {"Nats-Last-Consumer", std::to_string(consumer.sent)},
                     {"Nats-Last-Stream", std::to_string(consumer.last_sequence)}};
  if (!consumer.awaited.empty()) headers.emplace_back("Nats-Consumer-Stalled", consumer.awaited);
  outgoing.push_back({consumer.deliver_subject, "", std::move(headers), ""});
}

void JetStream::turn() {
  for (auto& [name, consumer] : consumers_) {
    if (consumer.deliver_subject != interest_) continue;
    push(name, consumer);
    if (clock_.steady() - consumer.last_activity >= kHeartbeat) heartbeat(consumer);
  }
}

void JetStream::lose_connection() {
  outgoing.clear();
  interest_.clear();
}

}  // namespace freshet::simulation
