// What all inputs of writes share.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "shared/domain/language.hpp"
#include "shared/domain/publication.hpp"
#include "shared/json.hpp"
#include "shared/limits.hpp"
#include "shared/text.hpp"

namespace freshet::api {

//   kCreate   a new thing
//   kReplace  what is absent is gone (but the slug, which stays)
//   kMerge    what is absent stays, also inside a language; a language that is null is taken away
enum class InputMode : std::uint8_t { kCreate, kReplace, kMerge };

// The member `translations`: `read(language, fields)` for each language that has an object; one that is null is marked in `removed`. Only a
// merge may leave all of it out.
template <typename Read>
void read_languages(Fields& fields, InputMode mode, ByLanguage<bool>& removed, Read read) {
  const Presence presence = mode == InputMode::kMerge ? Presence::kOptional : Presence::kRequired;
  const Json* object = fields.object("translations", presence);
  if (object == nullptr) return;
  Fields languages = fields.nested("translations", *object);
  bool any = false;
  for (const auto& [code, value] : object->items()) {
    const auto language = parse_language(code);
    if (!language) {
      languages.fail(code, "Expected the languages en and th.");
    } else if (value.is_null()) {
      removed[*language] = true;
    } else if (!value.is_object()) {
      languages.fail(code, std::string("Expected an object, got ") + value.type_name() + ".");
    } else {
      any = true;
      Fields texts = languages.nested(code, value);
      read(*language, texts);
    }
  }
  if (presence == Presence::kRequired && !any) fields.fail("translations", "At least one language is needed.");
}

// The optional member `slug`, which must be one and not a reserved one.
[[nodiscard]] inline std::optional<std::string> read_slug(Fields& fields) {
  auto slug = fields.text("slug", Presence::kOptional, limits::kSlugCodePoints);
  if (!slug) return std::nullopt;
  if (!is_slug(*slug)) fields.fail("slug", "Expected lower-case letters, digits and hyphens, not starting with a hyphen.");
  if (is_reserved_slug(*slug)) fields.fail("slug", "This slug is reserved.");
  return slug;
}

enum class LetterCase : std::uint8_t { kAsWritten, kAny };

// The member `status`: draft or published. Only a whole replacement must name it.
[[nodiscard]] inline std::optional<PublicationStatus> read_status(Fields& fields, InputMode mode, LetterCase letters) {
  const auto text = fields.text("status", mode == InputMode::kReplace ? Presence::kRequired : Presence::kOptional, limits::kSlugCodePoints);
  if (!text) return std::nullopt;
  const auto status = parse_publication_status(letters == LetterCase::kAny ? ascii_lower(*text) : *text);
  if (!status) fields.fail("status", "Expected draft or published.");
  return status;
}

}  // namespace freshet::api
