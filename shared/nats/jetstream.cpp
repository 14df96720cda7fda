#include "shared/nats/jetstream.hpp"

#include <array>

#include "shared/check.hpp"
#include "shared/nats/jetstream_parse.hpp"

namespace freshet::nats {
namespace {

constexpr int kBatchTries = 6;
constexpr std::size_t kLastMatchingMax = 1024;
constexpr std::size_t kBatchIdLength = 24;

HeaderList headers_of(const Append& append) {
  HeaderList headers = append.headers;
  if (append.expected) headers.emplace_back("Nats-Expected-Last-Subject-Sequence", std::to_string(append.expected->value));
  if (!append.message_id.empty()) headers.emplace_back("Nats-Msg-Id", append.message_id);
  if (append.ttl) headers.emplace_back("Nats-TTL", std::to_string(append.ttl->count()) + 's');
  if (append.increment) headers.emplace_back("Nats-Incr", (*append.increment < 0 ? "" : "+") + std::to_string(*append.increment));
  return headers;
}

// Done twice it is done once: the server drops the repeat by its id.
Repeat repeat_of(const Append& append) { return append.message_id.empty() ? Repeat::kNever : Repeat::kSafe; }

MessageView view_of(const Message& message) { return {message.subject, message.reply, message.headers(), message.payload}; }

std::string direct_subject(std::string_view stream) { return "$JS.API.DIRECT.GET." + std::string(stream); }

Result<PubAck> ack_of(Result<Message>& answer) {
  if (!answer.ok()) return std::move(answer).error();
  return parse_pub_ack(view_of(*answer));
}

std::uint64_t natural(const Json& object, std::string_view name) {
  const auto value = json_integer(object, name).value_or(0);
  return value < 0 ? 0 : static_cast<std::uint64_t>(value);
}

StreamInfo stream_info_of(Json answer) {
  StreamInfo info;
  if (const Json* state = json_member(answer, "state"); state != nullptr && state->is_object()) {
    info.messages = natural(*state, "messages");
    info.bytes = natural(*state, "bytes");
    info.first.value = natural(*state, "first_seq");
    info.last.value = natural(*state, "last_seq");
  }
  if (const Json* config = json_member(answer, "config")) info.config = *config;
  return info;
}

}  // namespace

// ---- writing

Result<PubAck> JetStream::append(const Append& append) {
  auto answer = client_.request(append.subject, headers_of(append), append.payload, options_.write_timeout, repeat_of(append));
  return ack_of(answer);
}

// All appends leave in one write; `add` gives each its further headers, told its number from 1.
std::vector<Result<Message>> JetStream::send_all(std::span<const Append> appends,
                                                 const std::function<void(HeaderList&, std::size_t)>& add) {
  std::vector<HeaderList> headers;
  std::vector<Request> requests;
  headers.reserve(appends.size());
  requests.reserve(appends.size());
  for (const Append& append : appends) {
    headers.push_back(headers_of(append));
    if (add) add(headers.back(), headers.size());
    requests.push_back({append.subject, &headers.back(), append.payload});
  }
  return client_.request_all(requests, options_.write_timeout, Repeat::kNever);
}

std::vector<Result<PubAck>> JetStream::append_all(std::span<const Append> appends) {
  auto answers = send_all(appends, {});
  std::vector<Result<PubAck>> acks;
  acks.reserve(appends.size());
  for (auto& answer : answers) acks.push_back(ack_of(answer));
  return acks;
}

Result<PubAck> JetStream::append_batch(std::span<const Append> appends) {
  FRESHET_CHECK(!appends.empty());
  if (appends.size() == 1) return append(appends.front());
  if (appends.size() > kBatchMessagesMax) return Error{Errc::kPayloadTooLarge, "a batch takes at most 1000 messages"};
  std::chrono::milliseconds pause{5};
  for (int tries = 1;; ++tries) {
    bool busy = false;
    auto ack = append_batch_once(appends, busy);
    if (ack.ok() || !busy || tries == kBatchTries) return ack;
    // Between half and one and a half of the pause, so that those who collided do not collide again.
    std::array<std::uint8_t, 1> byte{};
    random_.fill(byte);
    client_.pause(pause / 2 + pause * byte[0] / 256);
    pause *= 2;
  }
}

// The server answers each message (empty, or why it was refused) and the last with the acknowledgement.
Result<PubAck> JetStream::append_batch_once(std::span<const Append> appends, bool& busy) {
  const std::string id = random_token(random_, kBatchIdLength);
  auto answers = send_all(appends, [&](HeaderList& headers, std::size_t number) {
    headers.emplace_back("Nats-Batch-Id", id);
    headers.emplace_back("Nats-Batch-Sequence", std::to_string(number));
    if (number == appends.size()) headers.emplace_back("Nats-Batch-Commit", "1");
  });
  auto ack = ack_of(answers.back());
  if (ack.ok()) return ack;
  // What stopped the batch is the first refusal; the last only says that the batch is incomplete.
  for (auto& answer : answers) {
    if (!answer.ok() || answer->payload.empty()) continue;
    const auto json = parse_json_object(answer->payload);
    if (!json.ok()) continue;
    if (auto refused = api_error(*json)) {
      busy = refused->err_code == kTooManyBatches;
      return std::move(refused->error);
    }
  }
  for (auto& answer : answers) {
    if (!answer.ok() && answer.error().effect == Effect::kNone) return std::move(answer).error();
  }
  return ack;
}

// ---- reading

Result<std::optional<StoredMessage>> JetStream::last(std::string_view stream, std::string_view subject) {
  auto answer = client_.request(direct_subject(stream) + '.' + std::string(subject), {}, {}, options_.read_timeout, Repeat::kSafe);
  if (!answer.ok()) return std::move(answer).error();
  return parse_stored(view_of(*answer));
}

Result<std::vector<std::optional<StoredMessage>>> JetStream::last_each(std::string_view stream, std::span<const std::string> subjects) {
  std::vector<std::string> names;
  std::vector<Request> requests;
  names.reserve(subjects.size());
  requests.reserve(subjects.size());
  for (const std::string& subject : subjects) {
    names.push_back(direct_subject(stream) + '.' + subject);
    requests.push_back({names.back(), nullptr, {}});
  }
  auto answers = client_.request_all(requests, options_.read_timeout, Repeat::kSafe);
  std::vector<std::optional<StoredMessage>> found;
  found.reserve(subjects.size());
  for (auto& answer : answers) {
    if (!answer.ok()) return std::move(answer).error();
    FRESHET_TRY(stored, parse_stored(view_of(*answer)));
    found.push_back(std::move(stored));
  }
  return found;
}

Result<std::optional<StoredMessage>> JetStream::get(std::string_view stream, StreamSequence sequence) {
  const std::string payload = "{\"seq\":" + std::to_string(sequence.value) + '}';
  auto answer = client_.request(direct_subject(stream), {}, payload, options_.read_timeout, Repeat::kSafe);
  if (!answer.ok()) return std::move(answer).error();
  return parse_stored(view_of(*answer));
}

// The answers of a batch direct get: messages, then 204 (with what is left), or 404 when there are none.
Result<Page> JetStream::read_page(std::string_view stream, std::string_view payload) {
  Page page;
  std::optional<Error> failed;
  auto asked = client_.request_stream(direct_subject(stream), {}, payload, options_.read_timeout, [&](const MessageView& message) {
    switch (message.headers.status()) {
      case 0:
        page.messages.push_back(stored_of(message));
        return true;
      case 204:
        page.pending = number_or(message.headers.find("Nats-Num-Pending"), 0);
        return false;
      case 404:
        return false;
      default:
        failed = direct_error(message.headers);
        return false;
    }
  });
  if (!asked.ok()) return std::move(asked).error();
  if (failed) return *std::move(failed);
  return page;
}

Result<Page> JetStream::range(std::string_view stream, std::string_view filter, StreamSequence from, std::size_t count_max) {
  std::string payload;
  JsonWriter json(payload);
  json.begin_object();
  json.key("seq").number(static_cast<std::int64_t>(std::max<std::uint64_t>(from.value, 1)));
  json.key("batch").number(static_cast<std::int64_t>(count_max));
  json.field("next_by_subj", filter.empty() ? std::string_view(">") : filter).end_object();
  return read_page(stream, payload);
}

Result<std::vector<StoredMessage>> JetStream::last_matching(std::string_view stream, std::string_view filter) {
  std::string payload;
  JsonWriter json(payload);
  json.begin_object().key("multi_last").begin_array().text(filter).end_array();
  json.key("batch").number(kLastMatchingMax).end_object();
  FRESHET_TRY(page, read_page(stream, payload));
  if (page.pending > 0) return Error{Errc::kPayloadTooLarge, "more than 1024 subjects match " + std::string(filter)};
  return std::move(page.messages);
}

// ---- administration

Result<Json> JetStream::api(std::string_view call, std::string_view payload, Repeat repeat) {
  auto answer = client_.request("$JS.API." + std::string(call), {}, payload, options_.write_timeout, repeat);
  if (!answer.ok()) return std::move(answer).error();
  auto json = parse_json_object(answer->payload);
  if (!json.ok()) return Error{Errc::kUnavailable, "JetStream answered " + std::string(call) + " with something unreadable"};
  if (auto refused = api_error(*json)) return std::move(refused->error);
  return json;
}

Result<std::optional<StreamInfo>> JetStream::stream_info(std::string_view stream) {
  auto answer = api("STREAM.INFO." + std::string(stream), {}, Repeat::kSafe);
  if (!answer.ok()) {
    if (answer.error().code == Errc::kNotFound) return std::optional<StreamInfo>{};
    return std::move(answer).error();
  }
  return std::optional<StreamInfo>(stream_info_of(*std::move(answer)));
}

Result<StreamInfo> JetStream::ensure_stream(const Json& config) {
  const std::string name = json_text_or(config, "name", "");
  FRESHET_TRY(existing, stream_info(name));
  Json wanted = config;
  if (existing && existing->config.is_object()) {
    wanted = existing->config;
    wanted.update(config);
    if (wanted == existing->config) return *std::move(existing);
  }
  auto answer = api((existing ? "STREAM.UPDATE." : "STREAM.CREATE.") + name, wanted.dump(), Repeat::kSafe);
  if (!answer.ok()) return std::move(answer).error();
  return stream_info_of(*std::move(answer));
}

Result<void> JetStream::delete_stream(std::string_view stream) {
  FRESHET_TRY(answer, api("STREAM.DELETE." + std::string(stream), {}, Repeat::kNever));
  static_cast<void>(answer);
  return {};
}

Result<void> JetStream::purge(std::string_view stream, std::string_view filter, StreamSequence below) {
  std::string payload;
  JsonWriter json(payload);
  json.begin_object();
  if (!filter.empty()) json.field("filter", filter);
  if (below.value > 0) json.key("seq").number(static_cast<std::int64_t>(below.value));
  json.end_object();
  FRESHET_TRY(answer, api("STREAM.PURGE." + std::string(stream), payload, Repeat::kSafe));
  static_cast<void>(answer);
  return {};
}

Json kv_config(std::string_view bucket, std::chrono::seconds ttl) {
  const auto ttl_ns = std::chrono::nanoseconds(ttl).count();
  const auto window_ns = std::chrono::nanoseconds(std::chrono::minutes(2)).count();
  Json config = Json::object();
  config["name"] = kv_stream(bucket);
  config["subjects"] = Json::array({kv_subject(bucket, ">")});
  config["max_msgs_per_subject"] = 1;
  config["max_age"] = ttl_ns;
  config["duplicate_window"] = ttl_ns > 0 ? std::min(ttl_ns, window_ns) : window_ns;
  config["discard"] = "new";
  config["allow_rollup_hdrs"] = true;
  config["deny_delete"] = true;
  config["allow_direct"] = true;
  config["allow_msg_ttl"] = true;
  config["storage"] = "file";
  return config;
}

std::string kv_stream(std::string_view bucket) { return "KV_" + std::string(bucket); }
std::string kv_subject(std::string_view bucket, std::string_view key) { return "$KV." + std::string(bucket) + '.' + std::string(key); }

}  // namespace freshet::nats
