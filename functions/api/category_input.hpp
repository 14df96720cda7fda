// CategoryInput: {slug?, translations: {en: {name}, th: {name}}}, checked field by field. Modes: input.hpp.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "functions/api/input.hpp"
#include "shared/domain/category.hpp"

namespace freshet::api {

struct CategoryInput {
  InputMode mode = InputMode::kCreate;
  std::optional<std::string> slug;
  ByLanguage<std::string> names;
  ByLanguage<bool> removed;
};

[[nodiscard]] Result<CategoryInput> parse_category_input(std::string_view body, InputMode mode);
[[nodiscard]] Result<void> apply_input(const CategoryInput& input, Category& category);

}  // namespace freshet::api
