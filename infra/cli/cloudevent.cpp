#include "infra/cli/cloudevent.hpp"

#include "shared/text.hpp"

namespace freshet::cli {
namespace {

constexpr std::string_view kAttributePrefix = "ce-";
constexpr std::string_view kContentType = "content-type";

// Headers that say something about one storing of the message, not about the message.
bool of_storage(std::string_view name) {
  return name.starts_with("Nats-Batch-") || name.starts_with("Nats-Expected-") || ascii_iequals(name, "Nats-Msg-Id");
}

// base64 as CloudEvents want it (RFC 4648 4), by way of base64url.
std::string base64_encode(std::string_view bytes) {
  std::string text = base64url_encode(bytes);
  for (char& c : text) c = c == '-' ? '+' : c == '_' ? '/' : c;
  text.append((4 - text.size() % 4) % 4, '=');
  return text;
}

std::optional<std::string> base64_decode(std::string text) {
  while (text.ends_with('=')) text.pop_back();
  for (char& c : text) c = c == '+' ? '-' : c == '/' ? '_' : c;
  return base64url_decode(text);
}

void write_data(JsonWriter& json, std::string_view payload) {
  if (payload.empty()) return;
  if (parse_json(payload).ok() && payload.find('\n') == std::string_view::npos) {
    json.key("data").raw(payload);
  } else {
    json.field("data_base64", base64_encode(payload));
  }
}

}  // namespace

std::string encode_cloudevent(const nats::TailMessage& message) {
  std::string line;
  JsonWriter json(line);
  const HeaderList headers = message.headers.list();
  json.begin_object();
  for (const auto& [name, value] : headers) {
    if (name.starts_with(kAttributePrefix)) json.field(std::string_view(name).substr(kAttributePrefix.size()), value);
    if (name == kContentType) json.field("datacontenttype", value);
  }
  json.field("subject", message.subject).field("sequence", std::to_string(message.sequence.value)).key("headers").begin_object();
  for (const auto& [name, value] : headers) {
    if (!name.starts_with(kAttributePrefix) && name != kContentType && !of_storage(name)) json.field(name, value);
  }
  json.end_object();
  write_data(json, message.payload);
  json.end_object();
  return line;
}

Result<nats::Append> decode_cloudevent(const Json& line) {
  nats::Append append;
  append.subject = json_text_or(line, "subject", "");
  if (!append.subject.starts_with("log.") || !nats::is_publish_subject(append.subject)) {
    return Error{Errc::kInvalidArgument, "`subject` is to be a subject of the log"};
  }
  for (const auto& [name, value] : line.items()) {
    if (name == "subject" || name == "sequence" || name == "headers" || name == "data" || name == "data_base64" || !value.is_string()) continue;
    const std::string header = name == "datacontenttype" ? std::string(kContentType) : std::string(kAttributePrefix) + name;
    append.headers.emplace_back(header, value.get_ref<const std::string&>());
  }
  if (const Json* headers = json_member(line, "headers"); headers != nullptr && headers->is_object()) {
    for (const auto& [name, value] : headers->items()) {
      if (value.is_string()) append.headers.emplace_back(name, value.get_ref<const std::string&>());
    }
  }
  if (const Json* data = json_member(line, "data")) {
    append.payload = data->dump();
  } else if (const std::string* encoded = json_text(line, "data_base64")) {
    const auto payload = base64_decode(*encoded);
    if (!payload) return Error{Errc::kInvalidArgument, "`data_base64` cannot be decoded"};
    append.payload = *payload;
  }
  return append;
}

}  // namespace freshet::cli
