#include "functions/api/articles.hpp"
#include "functions/api/conditional.hpp"
#include "functions/api/language.hpp"
#include "functions/api/page.hpp"
#include "functions/api/reads.hpp"
#include "shared/limits.hpp"
#include "shared/text.hpp"

namespace freshet::api {
namespace {

constexpr std::string_view kList = "/api/content/api/articles/";
constexpr std::string_view kByCategory = "/api/content/api/articles/by_category/";

Error bad(const char* field, std::string why) {
  return Error{Errc::kInvalidArgument, std::string("not valid: ") + field, {{field, {std::move(why)}}}};
}

// The part of the query that picks articles, as the store reads it.
Result<void> append_filter(JsonWriter& parameters, const Request& request, const Context& context) {
  if (const std::string* category = request.query_value("category"); category != nullptr && !category->empty()) {
    parameters.field("category", *category);
  }
  if (const std::string* search = request.query_value("search"); search != nullptr && !trim(*search).empty()) {
    if (utf8_length(*search).value_or(SIZE_MAX) > limits::kSearchCodePoints) {
      return bad("search", "At most " + std::to_string(limits::kSearchCodePoints) + " characters.");
    }
    parameters.field("search", trim(*search));
  }
  return append_status(parameters, request, context);
}

Result<Response> list_at(std::string_view path, Request& request, Context& context) {
  FRESHET_TRY(language, asked_language(request));
  FRESHET_TRY(page, parse_page(request));
  std::string parameters;
  JsonWriter writer(parameters);
  writer.begin_object().field("language", code_of(language));
  FRESHET_TRY_VOID(append_filter(writer, request, context));
  append_page(writer, page);
  writer.field("path", list_address(path, request, {"language", "category", "search", "status", "page_size"})).end_object();
  return ask_store("articles.list", parameters, request, context);
}

}  // namespace

Result<Response> list_articles(Request& request, Context& context) { return list_at(kList, request, context); }

Result<Response> articles_by_category(Request& request, Context& context) {
  const std::string* category = request.query_value("category");
  if (category == nullptr || category->empty()) return bad("category", "This parameter is required.");
  return list_at(kByCategory, request, context);
}

Result<Response> latest_articles(Request& request, Context& context) {
  FRESHET_TRY(language, asked_language(request));
  std::string parameters;
  JsonWriter(parameters).begin_object().field("language", code_of(language)).end_object();
  return ask_store("articles.latest", parameters, request, context);
}

Result<Response> get_article(Request& request, Context& context) {
  FRESHET_TRY(language, asked_language(request));
  return ask_store_for_one("articles.get", EntityKind::kArticle, language, request, context);
}

}  // namespace freshet::api
