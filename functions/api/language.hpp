// The `?language=` of a request.
#pragma once

#include "functions/api/http.hpp"
#include "shared/domain/language.hpp"

namespace freshet::api {

// English where none is asked for; kInvalidArgument for one that the content does not have.
[[nodiscard]] inline Result<Language> asked_language(const Request& request) {
  const std::string* code = request.query_value("language");
  if (code == nullptr || code->empty()) return Language::kEnglish;
  const auto language = parse_language(*code);
  if (!language) return Error{Errc::kInvalidArgument, "not valid: language", {{"language", {"Expected en or th."}}}};
  return *language;
}

}  // namespace freshet::api
