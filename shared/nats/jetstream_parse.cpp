// What JetStream answers, read: acknowledgements, stored messages, errors.
#include "shared/nats/jetstream_parse.hpp"

#include <algorithm>
#include <charconv>

namespace freshet::nats {
namespace {

constexpr std::string_view kAdded[] = {"Nats-Stream",       "Nats-Subject",      "Nats-Sequence",     "Nats-Time-Stamp",
                                       "Nats-Num-Pending",  "Nats-Last-Sequence", "Nats-UpTo-Sequence"};

bool added_by_server(std::string_view name) {
  for (const auto added : kAdded) {
    if (ascii_iequals(name, added)) return true;
  }
  return false;
}

Errc errc_of(std::int64_t err_code, std::int64_t code) {
  switch (err_code) {
    case 10071:  // wrong last sequence: n
    case 10164:  // wrong last sequence
      return Errc::kConflict;
    case 10054:  // message size exceeds maximum allowed
    case 10199:  // atomic publish batch is too large
      return Errc::kPayloadTooLarge;
    case 10097:  // header size exceeds maximum allowed of 64k
      return Errc::kHeadersTooLarge;
    case kTooManyBatches:
    case 10023:  // insufficient resources
    case 10047:  // insufficient storage resources available
    case 10077:  // storing failed: the stream or the disk is full
    case 10167:  // rate limited
      return Errc::kUnavailable;
    default:
      break;
  }
  if (code == 404) return Errc::kNotFound;
  return code >= 500 || code == 429 ? Errc::kUnavailable : Errc::kInternal;
}

}  // namespace

std::uint64_t number_or(std::optional<std::string_view> text, std::uint64_t otherwise) {
  if (!text) return otherwise;
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), number);
  return error == std::errc{} && end == text->data() + text->size() ? number : otherwise;
}

std::optional<ApiError> api_error(const Json& answer) {
  const Json* error = json_member(answer, "error");
  if (error == nullptr || !error->is_object()) return std::nullopt;
  ApiError found;
  found.err_code = json_integer(*error, "err_code").value_or(0);
  const std::string description = json_text_or(*error, "description", "no reason given");
  found.error = Error{errc_of(found.err_code, json_integer(*error, "code").value_or(500)),
                      "JetStream: " + description + " (" + std::to_string(found.err_code) + ")"};
  return found;
}

Result<PubAck> parse_pub_ack(const MessageView& answer) {
  const auto json = parse_json_object(answer.payload);
  if (!json.ok()) {
    Error unreadable{Errc::kUnavailable, "JetStream acknowledged with something unreadable"};
    unreadable.effect = Effect::kUnknown;
    return unreadable;
  }
  if (auto refused = api_error(*json)) return std::move(refused->error);
  PubAck ack;
  ack.stream = json_text_or(*json, "stream", "");
  ack.sequence.value = static_cast<std::uint64_t>(std::max<std::int64_t>(json_integer(*json, "seq").value_or(0), 0));
  ack.duplicate = json_true(*json, "duplicate");
  ack.value = json_text_or(*json, "val", "");
  if (ack.sequence.value == 0) return Error{Errc::kInternal, "JetStream acknowledged without a sequence"};
  return ack;
}

// The server writes its own headers behind the message's, so the last of a name is the server's.
StoredMessage stored_of(const MessageView& message) {
  StoredMessage stored;
  for (auto& [name, value] : message.headers.list()) {
    if (!added_by_server(name)) {
      stored.headers.emplace_back(std::move(name), std::move(value));
    } else if (ascii_iequals(name, "Nats-Subject")) {
      stored.subject = std::move(value);
    } else if (ascii_iequals(name, "Nats-Sequence")) {
      stored.sequence.value = number_or(value, 0);
    } else if (ascii_iequals(name, "Nats-Time-Stamp")) {
      stored.time = parse_time(value).value_or(WallTime{});
    }
  }
  stored.payload = message.payload;
  return stored;
}

Result<std::optional<StoredMessage>> parse_stored(const MessageView& answer) {
  switch (answer.headers.status()) {
    case 0:
      break;
    case 404:
      return std::optional<StoredMessage>{};
    default:
      return direct_error(answer.headers);
  }
  auto stored = stored_of(answer);
  if (stored.sequence.value == 0 || stored.subject.empty()) {
    return Error{Errc::kUnavailable, "JetStream answered a direct get with something unreadable"};
  }
  return std::optional<StoredMessage>(std::move(stored));
}

Error direct_error(HeaderView headers) {
  const int status = headers.status();
  const std::string detail = "JetStream direct get: " + std::to_string(status) + ' ' + std::string(headers.description());
  if (status == 413) return Error{Errc::kPayloadTooLarge, detail};
  return Error{status == 408 ? Errc::kInternal : Errc::kUnavailable, detail};
}

}  // namespace freshet::nats
