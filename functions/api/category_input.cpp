#include "functions/api/category_input.hpp"

#include "shared/limits.hpp"
#include "shared/text.hpp"

namespace freshet::api {
namespace {

void read_names(Fields& fields, CategoryInput& input) {
  const Presence presence = input.mode == InputMode::kMerge ? Presence::kOptional : Presence::kRequired;
  const Json* object = fields.object("translations", presence);
  if (object == nullptr) return;
  Fields languages = fields.nested("translations", *object);
  for (const auto& [code, value] : object->items()) {
    const auto language = parse_language(code);
    if (!language) {
      languages.fail(code, "Expected the languages en and th.");
    } else if (value.is_null()) {
      input.removed[*language] = true;
    } else if (!value.is_object()) {
      languages.fail(code, std::string("Expected an object, got ") + value.type_name() + ".");
    } else {
      Fields translation = languages.nested(code, value);
      input.names[*language] = translation.text("name", Presence::kRequired, limits::kNameCodePoints, 1);
      if (input.names[*language] && trim(*input.names[*language]).empty()) translation.fail("name", "This field may not be blank.");
    }
  }
  if (presence == Presence::kRequired && input.names.empty()) fields.fail("translations", "At least one language is needed.");
}

}  // namespace

Result<CategoryInput> parse_category_input(std::string_view body, InputMode mode) {
  FRESHET_TRY(object, parse_json_object(body));
  CategoryInput input;
  input.mode = mode;
  Fields fields(object);
  input.slug = read_slug(fields);
  read_names(fields, input);
  FRESHET_TRY_VOID(fields.finish());
  return input;
}

Result<void> apply_input(const CategoryInput& input, Category& category) {
  if (input.slug) category.slug = *input.slug;
  if (input.mode == InputMode::kReplace) category.names = {};
  for (const Language language : kLanguages) {
    if (input.removed[language]) category.names[language].reset();
    if (input.names[language]) category.names[language] = input.names[language];
  }
  if (!category.names.empty()) return {};
  return Error{Errc::kInvalidArgument, "not valid: translations", {{"translations", {"At least one language is needed."}}}};
}

}  // namespace freshet::api
