#include "functions/api/categories.hpp"

#include "functions/api/category_input.hpp"
#include "functions/api/conditional.hpp"
#include "functions/api/language.hpp"
#include "functions/api/page.hpp"
#include "functions/api/reads.hpp"
#include "functions/api/slugged.hpp"
#include "shared/limits.hpp"

namespace freshet::api {
namespace {

std::string render_as(const Category& category, Language language, CategoryShape shape) {
  std::string out;
  JsonWriter writer(out);
  append_category(writer, category, language, shape);
  return out;
}

struct CategoryKind {
  using Entity = Category;
  using Input = CategoryInput;
  static constexpr EntityKind kKind = EntityKind::kCategory;
  static constexpr std::string_view kList = "/api/content/api/categories/";

  static std::string subject(std::string_view id) { return category_subject(id); }
  static std::string encode(const Category& category) { return encode_category(category); }
  static Result<Category> decode(std::string_view payload) { return decode_category(payload); }
  static Event event(const Category* before, const Category&, WallTime now, Random& random) {
    Event event = make_event("category", before == nullptr ? Change::kCreated : Change::kUpdated, now, random);
    event.before = before == nullptr ? Visibility::kHidden : Visibility::kPublic;
    event.now = Visibility::kPublic;
    return event;
  }
  static Result<void> apply(const CategoryInput& input, const Category*, Category& category, WallTime) {
    return apply_input(input, category);
  }
  static std::string title(const Category& category) { return *category.names.shown(Language::kEnglish); }
  static std::string render(const Category& category, Language language) { return render_as(category, language, CategoryShape::kStaff); }
};

using Categories = Slugged<CategoryKind>;

Result<Response> change_category(Request& request, Context& context, InputMode mode) {
  FRESHET_TRY(language, asked_language(request));
  FRESHET_TRY(input, parse_category_input(request.body, mode));
  return Categories(request, context, language).change(input);
}

}  // namespace

std::vector<Route> category_routes() {
  constexpr const char* kOne = "/api/content/api/categories/{id_or_slug}/";
  return {
      {Method::kGet, CategoryKind::kList, Access::kPublic, list_categories},
      {Method::kPost, CategoryKind::kList, Access::kStaff, create_category, limits::kJsonBodyBytes},
      {Method::kGet, kOne, Access::kPublic, get_category},
      {Method::kPut, kOne, Access::kStaff, replace_category, limits::kJsonBodyBytes},
      {Method::kPatch, kOne, Access::kStaff, patch_category, limits::kJsonBodyBytes},
  };
}

Result<Response> list_categories(Request& request, Context& context) {
  FRESHET_TRY(language, asked_language(request));
  FRESHET_TRY(page, parse_page(request));
  std::string parameters;
  JsonWriter writer(parameters);
  writer.begin_object().field("language", code_of(language)).key("staff").boolean(context.is_staff());
  append_page(writer, page);
  writer.field("path", list_address(CategoryKind::kList, request, {"language", "page_size"})).end_object();
  return ask_store("categories.list", parameters, request, context);
}

Result<Response> create_category(Request& request, Context& context) {
  FRESHET_TRY(language, asked_language(request));
  FRESHET_TRY(input, parse_category_input(request.body, InputMode::kCreate));
  return Categories(request, context, language).create(input);
}

Result<Response> get_category(Request& request, Context& context) {
  FRESHET_TRY(language, asked_language(request));
  FRESHET_TRY(asked_position, min_position(request));  // the log itself is never behind; only its form is checked
  FRESHET_TRY(epoch, context.log.epoch());
  Categories categories(request, context, language);
  FRESHET_TRY(state, categories.read(request.parameters[0]));
  const CategoryShape shape = context.is_staff() ? CategoryShape::kStaff : CategoryShape::kShown;
  Answer answer{format_position(epoch, state.sequence), categories.etag(state, epoch), {}, render_as(state.entity, language, shape)};
  return read_response(request, context.settings, audience_of(context), std::move(answer));
}

Result<Response> replace_category(Request& request, Context& context) { return change_category(request, context, InputMode::kReplace); }
Result<Response> patch_category(Request& request, Context& context) { return change_category(request, context, InputMode::kMerge); }

}  // namespace freshet::api
