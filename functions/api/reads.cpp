#include "functions/api/reads.hpp"

#include "functions/api/conditional.hpp"
#include "functions/api/page.hpp"
#include "shared/domain/publication.hpp"
#include "shared/id.hpp"
#include "shared/text.hpp"

namespace freshet::api {

Result<Response> ask_store(std::string_view query, std::string_view parameters, const Request& request, Context& context) {
  FRESHET_TRY(position, min_position(request));
  FRESHET_TRY(answer, context.store.ask(query, parameters, position));
  const Audience audience = audience_of(context);
  if (audience == Audience::kPublic && context.may_remember) context.remember = answer;
  return read_response(request, context.settings, audience, std::move(answer));
}

Result<Response> ask_page(std::string_view query, std::string_view path, const Request& request, Context& context) {
  FRESHET_TRY(page, parse_page(request));
  std::string parameters;
  JsonWriter writer(parameters);
  writer.begin_object();
  append_page(writer, page);
  writer.field("path", list_address(path, request, {"page_size"})).end_object();
  return ask_store(query, parameters, request, context);
}

Result<Response> ask_store_for_one(std::string_view query, EntityKind kind, std::optional<Language> language, const Request& request,
                                   Context& context) {
  const Error none{Errc::kNotFound, "no such " + std::string(name_of(kind))};
  const std::string_view key = request.parameters[0];
  if (!is_id(key) && !is_slug(key)) return none;
  std::string parameters;
  JsonWriter writer(parameters);
  writer.begin_object().field("id_or_slug", key);
  if (language) writer.field("language", code_of(*language));
  writer.key("staff").boolean(context.is_staff()).end_object();
  auto response = ask_store(query, parameters, request, context);
  if (!response.ok() && response.error().code == Errc::kNotFound) return none;
  return response;
}

Result<void> append_status(JsonWriter& parameters, const Request& request, const Context& context) {
  const std::string* status = request.query_value("status");
  if (status == nullptr || status->empty() || !context.is_staff()) return {};
  if (*status != "all" && !parse_publication_status(*status)) {
    return Error{Errc::kInvalidArgument, "not valid: status", {{"status", {"Expected draft, published or all."}}}};
  }
  parameters.field("status", *status);
  return {};
}

std::string list_address(std::string_view path, const Request& request, std::initializer_list<std::string_view> kept) {
  std::string out(path);
  char separator = '?';
  for (const std::string_view name : kept) {
    const std::string* value = request.query_value(name);
    if (value == nullptr || value->empty()) continue;
    out.append(1, separator).append(name).append(1, '=').append(percent_encode(*value));
    separator = '&';
  }
  return out;
}

}  // namespace freshet::api
