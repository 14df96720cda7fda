#include "shared/json.hpp"

#include <array>

#include "shared/limits.hpp"
#include "shared/text.hpp"

namespace freshet {
namespace {

Error invalid(std::string detail) { return Error{Errc::kInvalidArgument, std::move(detail)}; }

// Looks over the text without building anything: depth, and escapes that would put a NUL into a string.
Result<void> scan(std::string_view text) {
  std::size_t depth = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\0') return invalid("JSON holds a NUL byte");
    if (in_string) {
      if (c == '"') in_string = false;
      if (c == '\\') {
        if (text.substr(i, 6) == "\\u0000") return invalid("JSON holds an escaped NUL character");
        ++i;
      }
      continue;
    }
    if (c == '"') in_string = true;
    if (c == '}' || c == ']') depth -= depth > 0 ? 1 : 0;
    if ((c == '{' || c == '[') && ++depth > limits::kJsonDepth) {
      return invalid("JSON is nested deeper than " + std::to_string(limits::kJsonDepth) + " levels");
    }
  }
  return {};
}

}  // namespace

Result<Json> parse_json(std::string_view text) {
  FRESHET_TRY_VOID(scan(text));
  auto parsed = Json::parse(text.begin(), text.end(), nullptr, /*allow_exceptions=*/false);
  // The parser takes well-formed UTF-8 only; the look of our own is for the reason.
  if (parsed.is_discarded()) return invalid(utf8_length(text) ? "the text is not valid JSON" : "the text is not valid UTF-8");
  return parsed;
}

Result<Json> parse_json_object(std::string_view text) {
  FRESHET_TRY(parsed, parse_json(text));
  if (!parsed.is_object()) return invalid(std::string("expected a JSON object, got ") + parsed.type_name());
  return std::move(parsed);
}

const Json* json_member(const Json& object, std::string_view name) {
  if (!object.is_object()) return nullptr;
  const auto found = object.find(name);
  return found == object.end() ? nullptr : &*found;
}

const std::string* json_text(const Json& object, std::string_view name) {
  const Json* member = json_member(object, name);
  return member != nullptr ? member->get_ptr<const std::string*>() : nullptr;
}

std::string json_text_or(const Json& object, std::string_view name, std::string_view otherwise) {
  const std::string* text = json_text(object, name);
  return text != nullptr ? *text : std::string(otherwise);
}

std::optional<std::int64_t> json_integer(const Json& object, std::string_view name) {
  const Json* member = json_member(object, name);
  if (member == nullptr || !member->is_number_integer()) return std::nullopt;
  if (member->is_number_unsigned() && member->get<std::uint64_t>() > static_cast<std::uint64_t>(INT64_MAX)) return std::nullopt;
  return member->get<std::int64_t>();
}

std::optional<WallTime> json_time(const Json& object, std::string_view name) {
  const std::string* text = json_text(object, name);
  return text != nullptr ? parse_time(*text) : std::nullopt;
}

bool json_true(const Json& object, std::string_view name) {
  const Json* member = json_member(object, name);
  return member != nullptr && member->is_boolean() && member->get<bool>();
}

const Json* Fields::present(std::string_view name, Presence presence) {
  const Json* member = json_member(object_, name);
  if (member != nullptr && !member->is_null()) return member;
  if (presence == Presence::kRequired) fail(name, member == nullptr ? "This field is required." : "This field may not be null.");
  return nullptr;
}

std::optional<std::string> Fields::text(std::string_view name, Presence presence, std::size_t max, std::size_t min) {
  const Json* member = present(name, presence);
  if (member == nullptr) return std::nullopt;
  const auto* value = member->get_ptr<const std::string*>();
  if (value == nullptr) {
    fail(name, std::string("Expected a string, got ") + member->type_name() + ".");
    return std::nullopt;
  }
  const std::size_t length = utf8_length(*value).value_or(0);
  if (length > max) {
    fail(name, "At most " + std::to_string(max) + " characters, got " + std::to_string(length) + ".");
    return std::nullopt;
  }
  if (length < min) {
    fail(name, min == 1 ? "This field may not be blank." : "At least " + std::to_string(min) + " characters, got " + std::to_string(length) + ".");
    return std::nullopt;
  }
  return *value;
}

std::optional<std::string> Fields::text_bytes(std::string_view name, Presence presence, std::size_t max) {
  auto value = text(name, presence, SIZE_MAX);
  if (value && value->size() > max) {
    fail(name, "At most " + std::to_string(max) + " bytes, got " + std::to_string(value->size()) + ".");
    return std::nullopt;
  }
  return value;
}

std::optional<bool> Fields::boolean(std::string_view name, Presence presence) {
  const Json* member = present(name, presence);
  if (member == nullptr) return std::nullopt;
  if (!member->is_boolean()) {
    fail(name, std::string("Expected true or false, got ") + member->type_name() + ".");
    return std::nullopt;
  }
  return member->get<bool>();
}

std::optional<std::int64_t> Fields::integer(std::string_view name, Presence presence) {
  const Json* member = present(name, presence);
  if (member == nullptr) return std::nullopt;
  const auto value = json_integer(object_, name);
  if (!value) fail(name, std::string("Expected a whole number, got ") + member->type_name() + ".");
  return value;
}

std::optional<std::vector<std::string>> Fields::texts(std::string_view name, Presence presence, std::size_t count_max) {
  const Json* member = present(name, presence);
  if (member == nullptr) return std::nullopt;
  if (!member->is_array()) {
    fail(name, std::string("Expected an array of strings, got ") + member->type_name() + ".");
    return std::nullopt;
  }
  if (member->size() > count_max) {
    fail(name, "At most " + std::to_string(count_max) + " entries, got " + std::to_string(member->size()) + ".");
    return std::nullopt;
  }
  std::vector<std::string> out;
  for (const Json& entry : *member) {
    const auto* value = entry.get_ptr<const std::string*>();
    if (value == nullptr) {
      fail(name, std::string("Expected only strings, got ") + entry.type_name() + ".");
      return std::nullopt;
    }
    out.push_back(*value);
  }
  return out;
}

const Json* Fields::object(std::string_view name, Presence presence) {
  const Json* member = present(name, presence);
  if (member != nullptr && !member->is_object()) {
    fail(name, std::string("Expected an object, got ") + member->type_name() + ".");
    return nullptr;
  }
  return member;
}

Result<void> Fields::finish() const {
  if (errors_.empty()) return {};
  std::string detail = "not valid:";
  for (const auto& [name, why] : errors_) detail += ' ' + name;
  return Error{Errc::kInvalidArgument, std::move(detail), errors_};
}

void append_json_text(std::string& out, std::string_view text) {
  constexpr std::string_view kHex = "0123456789abcdef";
  out.push_back('"');
  std::size_t plain_from = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c >= 0x20 && c != '"' && c != '\\') continue;
    out.append(text, plain_from, i - plain_from);
    plain_from = i + 1;
    out.push_back('\\');
    switch (c) {
      case '"': out.push_back('"'); break;
      case '\\': out.push_back('\\'); break;
      case '\n': out.push_back('n'); break;
      case '\r': out.push_back('r'); break;
      case '\t': out.push_back('t'); break;
      default:
        out.append("u00");
        out.push_back(kHex[c >> 4]);
        out.push_back(kHex[c & 0xF]);
    }
  }
  out.append(text, plain_from, std::string_view::npos);
  out.push_back('"');
}

void JsonWriter::separate() {
  if (!first_) out_.push_back(',');
  first_ = false;
}

JsonWriter& JsonWriter::open(char bracket) {
  separate();
  out_.push_back(bracket);
  first_ = true;
  return *this;
}

JsonWriter& JsonWriter::close(char bracket) {
  out_.push_back(bracket);
  first_ = false;
  return *this;
}

JsonWriter& JsonWriter::key(std::string_view name) {
  separate();
  append_json_text(out_, name);
  out_.push_back(':');
  first_ = true;  // the value that follows needs no comma
  return *this;
}

JsonWriter& JsonWriter::text(std::string_view value) {
  separate();
  append_json_text(out_, value);
  return *this;
}

JsonWriter& JsonWriter::raw(std::string_view encoded) {
  separate();
  out_.append(encoded);
  return *this;
}

}  // namespace freshet
