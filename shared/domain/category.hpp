// Category: a named group of articles.
//
// Shape     state in the log (`log.category.<id>`): {"id","slug","translations":{"en":{"name"},"th":{"name"}}};
//           a deleted one: {"id","slug","deleted":true}
//           shown (CONTRACT 3): {"slug","name"} in the asked language, else the other
#pragma once

#include <string>
#include <string_view>

#include "shared/domain/language.hpp"
#include "shared/json.hpp"

namespace freshet {

struct Category {
  std::string id;
  std::string slug;
  ByLanguage<std::string> names;
  bool deleted = false;
  bool operator==(const Category&) const = default;
};

[[nodiscard]] std::string encode_category(const Category& category);           // state for the log
[[nodiscard]] Result<Category> decode_category(std::string_view payload);      // state from the log
[[nodiscard]] Result<Category> category_from_json(const Json& state);

enum class CategoryShape : std::uint8_t { kShown, kStaff };  // kStaff: `id, slug, name, translations`
void append_category(JsonWriter& writer, const Category& category, Language asked, CategoryShape shape);

}  // namespace freshet
