// JSON: parsing that cannot trap, reading that names every bad field, writing that appends.
//
// Bounds    nesting up to limits::kJsonDepth; the size is bounded by who read the text
// Errors    kInvalidArgument with the reason; a Fields reader collects all bad fields into Error::fields before it fails
// Source    RFC 8259; CONTRACT 1 (wrong type, bad UTF-8, NUL, nested deeper than 32: 400; unknown field: ignored)
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "shared/clock.hpp"
#include "shared/result.hpp"

namespace freshet {

using Json = nlohmann::json;

[[nodiscard]] Result<Json> parse_json(std::string_view text);
[[nodiscard]] Result<Json> parse_json_object(std::string_view text);

// Lenient getters for documents of our own (log payloads, store answers): nothing when absent or of another type.
[[nodiscard]] const Json* json_member(const Json& object, std::string_view name);
[[nodiscard]] const std::string* json_text(const Json& object, std::string_view name);
[[nodiscard]] std::string json_text_or(const Json& object, std::string_view name, std::string_view otherwise);
[[nodiscard]] std::optional<std::int64_t> json_integer(const Json& object, std::string_view name);
[[nodiscard]] std::optional<WallTime> json_time(const Json& object, std::string_view name);
[[nodiscard]] bool json_true(const Json& object, std::string_view name);

enum class Presence : std::uint8_t { kOptional, kRequired };

// Fields: checked access to the members of an object that a client sent.
//
// Shape     each getter gives the value, or nothing when it is absent, null (where optional) or bad; bad ones are noted
// Errors    finish() fails with every noted field. A nested reader (`nested`) notes into its parent, as `outer.inner`.
// Lifetime  borrows the object; a nested reader also borrows its parent
class Fields {
 public:
  explicit Fields(const Json& object) : object_(object), errors_(own_errors_) {}
  Fields(const Fields&) = delete;
  Fields& operator=(const Fields&) = delete;

  [[nodiscard]] bool has(std::string_view name) const { return json_member(object_, name) != nullptr; }
  // Text of `min` to `max` code points.
  [[nodiscard]] std::optional<std::string> text(std::string_view name, Presence presence, std::size_t max, std::size_t min = 0);
  // Text of up to `max` bytes.
  [[nodiscard]] std::optional<std::string> text_bytes(std::string_view name, Presence presence, std::size_t max);
  [[nodiscard]] std::optional<bool> boolean(std::string_view name, Presence presence);
  [[nodiscard]] std::optional<std::int64_t> integer(std::string_view name, Presence presence);
  // An array of up to `count_max` texts.
  [[nodiscard]] std::optional<std::vector<std::string>> texts(std::string_view name, Presence presence, std::size_t count_max);
  [[nodiscard]] const Json* object(std::string_view name, Presence presence);
  [[nodiscard]] Fields nested(std::string_view name, const Json& object) { return Fields(object, errors_, prefix_ + std::string(name) + '.'); }

  void fail(std::string_view name, std::string why) { errors_[prefix_ + std::string(name)].push_back(std::move(why)); }
  [[nodiscard]] Result<void> finish() const;

 private:
  using Errors = std::map<std::string, std::vector<std::string>>;
  Fields(const Json& object, Errors& errors, std::string prefix) : object_(object), errors_(errors), prefix_(std::move(prefix)) {}
  const Json* present(std::string_view name, Presence presence);

  const Json& object_;
  Errors own_errors_;
  Errors& errors_;
  std::string prefix_;
};

// Appends `text` quoted and escaped. The text is valid UTF-8; `<`, `>` and `&` stay as they are, line ends are escaped, so an
// encoded document never holds a raw line end (SSE data needs that).
void append_json_text(std::string& out, std::string_view text);

// JsonWriter: appends one object or array to a string, in the order of the calls.
class JsonWriter {
 public:
  explicit JsonWriter(std::string& out) : out_(out) {}
  JsonWriter& begin_object() { return open('{'); }
  JsonWriter& end_object() { return close('}'); }
  JsonWriter& begin_array() { return open('['); }
  JsonWriter& end_array() { return close(']'); }
  JsonWriter& key(std::string_view name);
  JsonWriter& text(std::string_view value);
  JsonWriter& number(std::int64_t value) { return raw(std::to_string(value)); }
  JsonWriter& boolean(bool value) { return raw(value ? "true" : "false"); }
  JsonWriter& null() { return raw("null"); }
  JsonWriter& raw(std::string_view encoded);  // a value that is JSON already
  JsonWriter& field(std::string_view name, std::string_view value) { return key(name).text(value); }

 private:
  JsonWriter& open(char bracket);
  JsonWriter& close(char bracket);
  void separate();
  std::string& out_;
  bool first_ = true;
};

}  // namespace freshet
