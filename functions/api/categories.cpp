#include "functions/api/categories.hpp"

#include "functions/api/category_input.hpp"
#include "functions/api/conditional.hpp"
#include "functions/api/language.hpp"
#include "functions/api/names.hpp"
#include "functions/api/once.hpp"
#include "functions/api/page.hpp"
#include "functions/api/problem.hpp"
#include "functions/api/reads.hpp"
#include "functions/api/retry.hpp"
#include "functions/api/slugs.hpp"
#include "shared/id.hpp"
#include "shared/limits.hpp"

namespace freshet::api {
namespace {

constexpr std::string_view kList = "/api/content/api/categories/";

struct CategoryState {
  Category category;
  StreamSequence sequence{};
};

Error no_such_category() { return Error{Errc::kNotFound, "no such category"}; }

Result<CategoryState> read_category(Context& context, std::string_view key) {
  FRESHET_TRY(id, id_of(context, EntityKind::kCategory, key));
  FRESHET_TRY(logged, context.log.read(category_subject(id)));
  if (!logged.exists()) return no_such_category();
  FRESHET_TRY(category, decode_category(logged.payload));
  if (category.deleted || (!is_id(key) && category.slug != key)) return no_such_category();
  return CategoryState{std::move(category), logged.sequence};
}

std::string render(const Category& category, Language language, CategoryShape shape) {
  std::string out;
  JsonWriter writer(out);
  append_category(writer, category, language, shape);
  return out;
}

std::string etag_of(const CategoryState& state, Language language, std::string_view epoch) {
  return format_etag(EntityTag{std::string(epoch), state.sequence, {}, std::string(code_of(language))});
}

Response category_response(std::uint16_t status, const CategoryState& state, Language language, std::string_view epoch,
                           StreamSequence position) {
  Response response = json_response(status, render(state.category, language, CategoryShape::kStaff));
  response.set("etag", etag_of(state, language, epoch)).set("freshet-position", format_position(epoch, position));
  if (status == 201) response.set("location", std::string(kList) + state.category.id + '/');
  return response;
}

Append category_append(Context& context, const Category* before, const Category& now, StreamSequence expected) {
  Event event = make_event("category", before == nullptr ? Change::kCreated : Change::kUpdated, context.clock.wall(), context.random);
  event.before = before == nullptr ? Visibility::kHidden : Visibility::kPublic;
  event.now = Visibility::kPublic;
  event.traceparent = context.traceparent;
  return Append{category_subject(now.id), event_headers(event), encode_category(now), expected, {}};
}

Result<Response> created_before(Context& context, const Kept& kept, Language language, std::string_view epoch) {
  FRESHET_TRY(logged, context.log.read_at(kept.event()));
  FRESHET_TRY(category, decode_category(logged.payload));
  return category_response(kept.status, CategoryState{std::move(category), logged.sequence}, language, epoch, kept.sequence);
}

Result<Response> create_once(Context& context, const CategoryInput& input, const Once& once, Language language, SlugTry how) {
  FRESHET_TRY(epoch, context.log.epoch());
  FRESHET_TRY(kept, once.kept(context));
  if (kept) return created_before(context, *kept, language, epoch);
  CategoryState state;
  Category& category = state.category;
  category.id = make_id(context.clock.wall(), context.random);
  FRESHET_TRY_VOID(apply_input(input, category));
  if (!input.slug) category.slug = make_slug(*category.names.shown(Language::kEnglish), how, context.random);
  const SlugFrom from = input.slug ? SlugFrom::kAuthor : SlugFrom::kTitle;
  FRESHET_TRY(free, find_free_slug(context, EntityKind::kCategory, category.slug, from));
  std::vector<Append> appends{claim_slug(context, EntityKind::kCategory, category.slug, category.id, free),
                              category_append(context, nullptr, category, StreamSequence{0})};
  FRESHET_TRY(created, commit_create(context.log, once, std::move(appends)));
  state.sequence = created.event;
  return category_response(201, state, language, epoch, created.position);
}

Response changed_by_somebody_else(const CategoryState& state, Language language, std::string_view epoch) {
  Response response = problem_with(Error{Errc::kConflict, "the category was changed since it was read; `current` is what it is now"},
                                   "current", render(state.category, language, CategoryShape::kStaff));
  response.set("etag", etag_of(state, language, epoch)).set("freshet-position", format_position(epoch, state.sequence));
  return response;
}

Result<Response> change_once(Request& request, Context& context, const CategoryInput& input, Language language) {
  FRESHET_TRY(epoch, context.log.epoch());
  FRESHET_TRY(before, read_category(context, request.parameters[0]));
  if (!IfMatch(request).allows(epoch, before.sequence)) return changed_by_somebody_else(before, language, epoch);
  CategoryState now = before;
  FRESHET_TRY_VOID(apply_input(input, now.category));
  FRESHET_TRY(position, commit_change(context, EntityKind::kCategory, now.category.id, before.category.slug, now.category.slug,
                                      category_append(context, &before.category, now.category, before.sequence)));
  now.sequence = position;
  return category_response(200, now, language, epoch, position);
}

Result<Response> change_category(Request& request, Context& context, InputMode mode) {
  FRESHET_TRY(language, asked_language(request));
  FRESHET_TRY(input, parse_category_input(request.body, mode));
  return with_retries<Response>([&] { return change_once(request, context, input, language); });
}

}  // namespace

std::vector<Route> category_routes() {
  constexpr const char* kOne = "/api/content/api/categories/{id_or_slug}/";
  return {
      {Method::kGet, kList, Access::kPublic, list_categories},
      {Method::kPost, kList, Access::kStaff, create_category, limits::kJsonBodyBytes},
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
  writer.field("path", list_address(kList, request, {"language", "page_size"})).end_object();
  return ask_store("categories.list", parameters, request, context);
}

Result<Response> create_category(Request& request, Context& context) {
  FRESHET_TRY(language, asked_language(request));
  FRESHET_TRY(input, parse_category_input(request.body, InputMode::kCreate));
  FRESHET_TRY(once, Once::of(request, context));
  SlugTry how = SlugTry::kPlain;
  return with_retries<Response>([&] {
    auto response = create_once(context, input, once, language, how);
    how = SlugTry::kWithRandom;
    return response;
  });
}

Result<Response> get_category(Request& request, Context& context) {
  FRESHET_TRY(language, asked_language(request));
  FRESHET_TRY(asked_position, min_position(request));  // the log itself is never behind; only its form is checked
  FRESHET_TRY(epoch, context.log.epoch());
  FRESHET_TRY(state, read_category(context, request.parameters[0]));
  const CategoryShape shape = context.is_staff() ? CategoryShape::kStaff : CategoryShape::kShown;
  Answer answer{format_position(epoch, state.sequence), etag_of(state, language, epoch), {}, render(state.category, language, shape)};
  return read_response(request, context.settings, audience_of(context), std::move(answer));
}

Result<Response> replace_category(Request& request, Context& context) { return change_category(request, context, InputMode::kReplace); }
Result<Response> patch_category(Request& request, Context& context) { return change_category(request, context, InputMode::kMerge); }

}  // namespace freshet::api
