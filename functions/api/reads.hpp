// Reads: one question to the store, and the rules that all its answers share.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "functions/api/context.hpp"
#include "functions/api/http.hpp"
#include "shared/domain/language.hpp"
#include "shared/json.hpp"
#include "shared/subject.hpp"

namespace freshet::api {

// Asks `query` with Freshet-Min-Position, and answers 200 or 304. What everybody may see is offered to the instance's memory.
[[nodiscard]] Result<Response> ask_store(std::string_view query, std::string_view parameters, const Request& request, Context& context);

// Asks `query` for a page of the list at `path`, which takes nothing but page, page_size and cursor.
[[nodiscard]] Result<Response> ask_page(std::string_view query, std::string_view path, const Request& request, Context& context);

// Asks `query` for the one thing that the path names by id or slug; `language` where its kind has any. What is not there, and what the asker
// may not see, is the same 404.
[[nodiscard]] Result<Response> ask_store_for_one(std::string_view query, EntityKind kind, std::optional<Language> language,
                                                 const Request& request, Context& context);

// The member `status` of a list's parameters, which only staff may ask for: to everybody else the query's is unknown, and so ignored.
[[nodiscard]] Result<void> append_status(JsonWriter& parameters, const Request& request, const Context& context);

// The address of a list for its links: `path` and those of the query's parameters that are named in `kept`.
[[nodiscard]] std::string list_address(std::string_view path, const Request& request, std::initializer_list<std::string_view> kept);

}  // namespace freshet::api
