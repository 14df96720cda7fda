#include "functions/api/category_input.hpp"

#include "shared/limits.hpp"
#include "shared/text.hpp"

namespace freshet::api {
namespace {

void read_name(Fields& texts, std::optional<std::string>& name) {
  name = texts.text("name", Presence::kRequired, limits::kNameCodePoints, 1);
  if (name && trim(*name).empty()) texts.fail("name", "This field may not be blank.");
}

}  // namespace

Result<CategoryInput> parse_category_input(std::string_view body, InputMode mode) {
  FRESHET_TRY(object, parse_json_object(body));
  CategoryInput input;
  input.mode = mode;
  Fields fields(object);
  input.slug = read_slug(fields);
  read_languages(fields, mode, input.removed, [&](Language language, Fields& texts) { read_name(texts, input.names[language]); });
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
