#include "functions/api/nats_parts.hpp"

#include <charconv>

#include "shared/json.hpp"
#include "shared/subject.hpp"

namespace freshet::api {
namespace {

// A store waits up to 2 s for a position it has not reached.
constexpr std::chrono::milliseconds kStoreTimeout{3000};

Logged logged_of(std::optional<nats::StoredMessage> stored, std::string_view subject) {
  Logged logged;
  logged.subject = subject;
  if (!stored) return logged;
  logged.sequence = stored->sequence;
  logged.headers = std::move(stored->headers);
  logged.payload = std::move(stored->payload);
  return logged;
}

nats::Append append_of(const Append& message) {
  nats::Append append;
  append.subject = message.subject;
  append.headers = message.headers;
  append.payload = message.payload;
  append.expected = message.expected;
  append.ttl = message.ttl;
  return append;
}

std::string text_of(const nats::HeaderView& headers, std::string_view name) {
  return std::string(headers.find(name).value_or(std::string_view()));
}

Errc code_of_status(std::string_view status) {
  if (status == "400") return Errc::kInvalidArgument;
  if (status == "404") return Errc::kNotFound;
  if (status == "503") return Errc::kUnavailable;
  return Errc::kInternal;
}

// `{"detail", "errors": {field: [why]}}`, as the store's error answers have it.
Error store_error(std::string_view status, std::string_view body) {
  Error error{code_of_status(status), "the store answered " + std::string(status)};
  const auto parsed = parse_json_object(body);
  if (!parsed.ok()) return error;
  error.detail = json_text_or(*parsed, "detail", error.detail);
  const Json* fields = json_member(*parsed, "errors");
  if (fields == nullptr || !fields->is_object()) return error;
  for (const auto& [name, reasons] : fields->items()) {
    for (const Json& reason : reasons) {
      if (const auto* text = reason.get_ptr<const std::string*>()) error.fields[name].push_back(*text);
    }
  }
  return error;
}

}  // namespace

Result<std::string> NatsLog::epoch() {
  if (!epoch_.empty() && epoch_generation_ == client_.generation() && client_.connected()) return epoch_;
  FRESHET_TRY(logged, read(kEpochSubject));
  if (!logged.exists()) return Error{Errc::kUnavailable, "the log has no epoch yet: run freshet init"};
  FRESHET_TRY(state, parse_json_object(logged.payload));
  std::string epoch = json_text_or(state, "epoch", "");
  if (!is_epoch(epoch)) return Error{Errc::kUnavailable, "the log's epoch cannot be read"};
  epoch_ = std::move(epoch);
  epoch_generation_ = client_.generation();
  return epoch_;
}

Result<Logged> NatsLog::read(std::string_view subject) {
  FRESHET_TRY(stored, jetstream_.last(kLogStream, subject));
  return logged_of(std::move(stored), subject);
}

Result<std::vector<Logged>> NatsLog::read_all(std::span<const std::string> subjects) {
  FRESHET_TRY(stored, jetstream_.last_each(kLogStream, subjects));
  std::vector<Logged> out;
  out.reserve(subjects.size());
  for (std::size_t i = 0; i < subjects.size(); ++i) out.push_back(logged_of(std::move(stored[i]), subjects[i]));
  return out;
}

Result<Logged> NatsLog::read_at(StreamSequence sequence) {
  FRESHET_TRY(stored, jetstream_.get(kLogStream, sequence));
  if (!stored) return Error{Errc::kNotFound, "the log no longer has this message"};
  const std::string subject = stored->subject;
  return logged_of(std::move(stored), subject);
}

Result<StreamSequence> NatsLog::append(const Append& message) {
  nats::Append append = append_of(message);
  if (const std::string* id = find_header(message.headers, "ce-id")) append.message_id = *id;
  FRESHET_TRY(ack, jetstream_.append(append));
  return ack.sequence;
}

Result<StreamSequence> NatsLog::append_batch(std::span<const Append> messages) {
  std::vector<nats::Append> appends;
  appends.reserve(messages.size());
  for (const Append& message : messages) appends.push_back(append_of(message));
  FRESHET_TRY(ack, jetstream_.append_batch(appends));
  return ack.sequence;
}

Result<Answer> NatsStore::ask(std::string_view query, std::string_view parameters, std::string_view min_position) {
  HeaderList headers;
  if (!min_position.empty()) headers.emplace_back("Freshet-Min-Position", min_position);
  auto asked = client_.request("store.query." + std::string(query), headers, parameters, kStoreTimeout, nats::Repeat::kSafe);
  if (!asked.ok() && asked.error().code == Errc::kUnavailable) return Error{Errc::kUnavailable, "the read model does not answer just now"};
  FRESHET_TRY(message, std::move(asked));
  const nats::HeaderView answered = message.headers();
  if (const auto status = answered.find("Nats-Service-Error-Code")) return store_error(*status, message.payload);
  return Answer{text_of(answered, "Freshet-Position"), text_of(answered, "Freshet-Etag"), text_of(answered, "Freshet-Link"),
                std::move(message.payload)};
}

Result<std::string> NatsBus::request(std::string_view subject, std::string_view payload, std::chrono::milliseconds wait) {
  FRESHET_TRY(message, client_.request(subject, {}, payload, wait, nats::Repeat::kSafe));
  return std::move(message.payload);
}

}  // namespace freshet::api
