// Conditional requests, and the headers that every read and write carries.
//
// Source    RFC 9110 13 (conditional requests), 8.6 (Content-Length of a 304), RFC 9111 5.2; CONTRACT 1; DESIGN "ETag"
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "functions/api/context.hpp"
#include "functions/api/http.hpp"
#include "shared/position.hpp"
#include "shared/text.hpp"

namespace freshet::api {

// IfMatch: what a writer says he saw. Without the header every state is allowed.
class IfMatch {
 public:
  explicit IfMatch(const Request& request);
  [[nodiscard]] bool given() const { return given_; }
  // `sequence` is the entity's, as it exists now. Only epoch and sequence of a tag count (shared/position.hpp).
  [[nodiscard]] bool allows(std::string_view epoch, StreamSequence sequence) const;

 private:
  bool given_ = false;
  bool any_ = false;
  std::vector<EntityTag> tags_;
};

// Who may keep an answer: everybody (a public list), or nobody but the user who asked.
enum class Audience : std::uint8_t { kPublic, kUser };

// The 200 for an answer of the store, or the 304 when the client has it already.
[[nodiscard]] Response read_response(const Request& request, const Settings& settings, Audience audience, Answer answer);

// The 304 that stands for `full`: with its headers but those that describe the body, which the client has (RFC 9110 15.4.5).
[[nodiscard]] Response not_modified(const Response& full);

// True when an If-None-Match header of the request names `etag`.
template <typename Headers>
[[nodiscard]] bool has_already(const Headers& headers, std::string_view etag) {
  for (const auto& [name, value] : headers) {
    if (ascii_iequals(name, "if-none-match") && if_none_match_matches(value, etag)) return true;
  }
  return false;
}
[[nodiscard]] std::string cache_control(const Settings& settings, Audience audience);

// A client that was given a token gets answers that are his alone, whatever is in them.
[[nodiscard]] inline Audience audience_of(const Context& context) { return context.principal ? Audience::kUser : Audience::kPublic; }

// The Freshet-Min-Position header: empty where there is none, kInvalidArgument where it is no position.
[[nodiscard]] Result<std::string> min_position(const Request& request);

}  // namespace freshet::api
