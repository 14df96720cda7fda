#include "shared/domain/category.hpp"

namespace freshet {
namespace {

void append_names(JsonWriter& writer, const Category& category) {
  writer.key("translations").begin_object();
  for (const Language language : kLanguages) {
    if (const auto& name = category.names[language]) writer.key(code_of(language)).begin_object().field("name", *name).end_object();
  }
  writer.end_object();
}

}  // namespace

std::string encode_category(const Category& category) {
  std::string out;
  JsonWriter writer(out);
  writer.begin_object().field("id", category.id).field("slug", category.slug);
  if (category.deleted) {
    writer.key("deleted").boolean(true);
  } else {
    append_names(writer, category);
  }
  writer.end_object();
  return out;
}

Result<Category> category_from_json(const Json& state) {
  const std::string* id = json_text(state, "id");
  const std::string* slug = json_text(state, "slug");
  if (id == nullptr || slug == nullptr) return Error{Errc::kInvalidArgument, "a category's state has an id and a slug"};
  Category category{*id, *slug, {}, json_true(state, "deleted")};
  const Json* translations = json_member(state, "translations");
  for (const Language language : kLanguages) {
    const Json* translation = translations != nullptr ? json_member(*translations, code_of(language)) : nullptr;
    if (translation == nullptr) continue;
    if (const std::string* name = json_text(*translation, "name")) category.names[language] = *name;
  }
  return category;
}

Result<Category> decode_category(std::string_view payload) {
  FRESHET_TRY(state, parse_json_object(payload));
  return category_from_json(state);
}

void append_category(JsonWriter& writer, const Category& category, Language asked, CategoryShape shape) {
  const std::string* name = category.names.shown(asked);
  writer.begin_object();
  if (shape == CategoryShape::kStaff) writer.field("id", category.id);
  writer.field("slug", category.slug).field("name", name != nullptr ? *name : category.slug);
  if (shape == CategoryShape::kStaff) append_names(writer, category);
  writer.end_object();
}

}  // namespace freshet
