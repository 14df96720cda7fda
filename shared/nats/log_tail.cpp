#include "shared/nats/log_tail.hpp"

#include <array>
#include <charconv>

#include "shared/nats/jetstream_parse.hpp"

namespace freshet::nats {
namespace {

constexpr std::chrono::milliseconds kTryAgainAfter{250};
constexpr int kMissedHeartbeatsMax = 2;
constexpr std::size_t kNameLength = 16;

// $JS.ACK.[domain.account.]<stream>.<consumer>.<delivered>.<stream sequence>.<consumer sequence>.<time>.<pending>[.<token>]
struct Delivery {
  std::uint64_t stream_sequence = 0;
  std::uint64_t consumer_sequence = 0;
  std::int64_t time_ns = 0;
  std::uint64_t pending = 0;
};

std::optional<Delivery> parse_delivery(std::string_view reply) {
  constexpr std::string_view prefix = "$JS.ACK.";
  if (!reply.starts_with(prefix)) return std::nullopt;
  reply.remove_prefix(prefix.size());
  std::array<std::string_view, 10> tokens;
  std::size_t count = 0;
  while (count < tokens.size()) {
    const std::size_t end = std::min(reply.find('.'), reply.size());
    tokens[count++] = reply.substr(0, end);
    if (end == reply.size()) break;
    reply.remove_prefix(end + 1);
  }
  if (count != 7 && count < 9) return std::nullopt;
  const std::size_t first = count == 7 ? 3 : 5;  // of the numbers, behind <delivered>
  Delivery delivery;
  delivery.stream_sequence = number_or(tokens[first], 0);
  delivery.consumer_sequence = number_or(tokens[first + 1], 0);
  delivery.time_ns = static_cast<std::int64_t>(number_or(tokens[first + 2], 0));
  delivery.pending = number_or(tokens[first + 3], 0);
  if (delivery.stream_sequence == 0 || delivery.consumer_sequence == 0) return std::nullopt;
  return delivery;
}

}  // namespace

LogTail::LogTail(JetStream& jetstream, Random& random, TailOptions options, StreamSequence after, Handler handler)
    : jetstream_(jetstream), random_(random), options_(std::move(options)), position_(after), handler_(std::move(handler)) {}

LogTail::~LogTail() { stop(); }

Result<void> LogTail::keep() {
  Client& client = jetstream_.client();
  const auto stale = [&] { return client.clock().steady() - heard_ > options_.heartbeat * (kMissedHeartbeatsMax + 1); };
  if (running()) {
    if (!stale()) return {};
    // The owner may have been away for long, with the heartbeats waiting in the socket.
    const auto handled = client.poll(std::chrono::milliseconds(0));
    if (handled.ok() && running() && !stale()) return {};
  }
  stop();
  if (client.clock().steady() < try_after_) return failed_;
  auto started = start();
  if (!started.ok()) {
    stop();
    try_after_ = client.clock().steady() + kTryAgainAfter;
    failed_ = started.error();
  }
  return started;
}

Result<void> LogTail::start() {
  Client& client = jetstream_.client();
  FRESHET_TRY_VOID(client.connect());
  FRESHET_TRY(inbox, client.open_inbox([this](const MessageView& message) { handle(message); }));
  inbox_ = std::move(inbox);
  consumer_ = "tail-" + random_token(random_, kNameLength);
  generation_ = client.generation();
  consumer_sequence_ = 0;
  caught_up_ = false;
  heard_ = client.clock().steady();
  state_ = State::kRunning;  // messages may come before the answer

  Json config = Json::object();
  config["deliver_subject"] = inbox_;
  config["deliver_policy"] = "by_start_sequence";
  config["opt_start_seq"] = position_.value + 1;
  config["ack_policy"] = "none";
  config["max_deliver"] = 1;
  config["flow_control"] = true;
  config["idle_heartbeat"] = std::chrono::nanoseconds(options_.heartbeat).count();
  config["inactive_threshold"] = std::chrono::nanoseconds(std::chrono::seconds(30)).count();
  config["mem_storage"] = true;
  config["num_replicas"] = 1;
  config["replay_policy"] = "instant";
  if (!options_.filter.empty()) config["filter_subjects"] = Json::array({options_.filter});  // `filter_subject` would be part of the call's subject
  Json request = Json::object();
  request["stream_name"] = options_.stream;
  request["config"] = std::move(config);
  FRESHET_TRY(created, jetstream_.api("CONSUMER.CREATE." + options_.stream + '.' + consumer_, request.dump(), Repeat::kNever));
  if (json_integer(created, "num_pending").value_or(1) == 0) caught_up_ = true;
  if (state_ != State::kRunning) return Error{Errc::kUnavailable, "the new consumer ended at once"};
  return {};
}

void LogTail::stop() {
  if (inbox_.empty()) return;
  Client& client = jetstream_.client();
  if (client.connected() && client.generation() == generation_) {
    client.close_inbox(inbox_);
    // Nobody waits for the answer; a consumer that is not deleted ends by its inactive_threshold.
    static_cast<void>(client.publish("$JS.API.CONSUMER.DELETE." + options_.stream + '.' + consumer_, {}, {}, {}));
  }
  inbox_.clear();
  caught_up_ = false;
  state_ = State::kStopped;
}

void LogTail::handle(const MessageView& message) {
  if (state_ != State::kRunning) return;
  heard_ = jetstream_.client().clock().steady();
  if (message.headers.status() != 0) return handle_status(message);
  const auto delivery = parse_delivery(message.reply);
  if (!delivery) return;
  if (delivery->consumer_sequence != consumer_sequence_ + 1) {  // one was lost on the way
    state_ = State::kStopped;
    return;
  }
  TailMessage tail;
  tail.subject = message.subject;
  tail.sequence.value = delivery->stream_sequence;
  tail.time = WallTime(std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::nanoseconds(delivery->time_ns)));
  tail.headers = message.headers;
  tail.payload = message.payload;
  tail.pending = delivery->pending;
  handler_(tail);
  // Moved only now: a message counts when it has been handed over.
  consumer_sequence_ = delivery->consumer_sequence;
  position_ = tail.sequence;
  if (delivery->pending == 0) caught_up_ = true;
}

void LogTail::handle_status(const MessageView& message) {
  Client& client = jetstream_.client();
  if (message.headers.status() != 100) {  // 409: the consumer was deleted, or the server shuts down
    state_ = State::kStopped;
    return;
  }
  if (!message.reply.empty()) {  // flow control: everything before it has been handled
    static_cast<void>(client.publish(message.reply, {}, {}, {}));
    return;
  }
  if (number_or(message.headers.find("Nats-Last-Consumer"), consumer_sequence_) != consumer_sequence_) state_ = State::kStopped;
  if (const auto stalled = message.headers.find("Nats-Consumer-Stalled")) static_cast<void>(client.publish(*stalled, {}, {}, {}));
}

BatchPlace batch_place(HeaderView headers) {
  BatchPlace place;
  const auto id = headers.find("Nats-Batch-Id");
  if (!id) return place;
  place.id = *id;
  place.sequence = number_or(headers.find("Nats-Batch-Sequence"), 0);
  place.commit = headers.find("Nats-Batch-Commit").has_value();
  return place;
}

}  // namespace freshet::nats
