// What all inputs of writes share.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "shared/json.hpp"
#include "shared/limits.hpp"
#include "shared/text.hpp"

namespace freshet::api {

//   kCreate   a new thing
//   kReplace  what is absent is gone (but the slug, which stays)
//   kMerge    what is absent stays, also inside a language; a language that is null is taken away
enum class InputMode : std::uint8_t { kCreate, kReplace, kMerge };

// The optional member `slug`, which must be one and not a reserved one.
[[nodiscard]] inline std::optional<std::string> read_slug(Fields& fields) {
  auto slug = fields.text("slug", Presence::kOptional, limits::kSlugCodePoints);
  if (!slug) return std::nullopt;
  if (!is_slug(*slug)) fields.fail("slug", "Expected lower-case letters, digits and hyphens, not starting with a hyphen.");
  if (is_reserved_slug(*slug)) fields.fail("slug", "This slug is reserved.");
  return slug;
}

}  // namespace freshet::api
