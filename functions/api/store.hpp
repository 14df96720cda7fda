// Store: the read model, as handlers ask it.
//
// Errors    what the store says (kInvalidArgument with fields, kNotFound, kUnavailable when it has not reached the asked position);
//           kUnavailable when no store answers
#pragma once

#include <string>
#include <string_view>

#include "shared/result.hpp"

namespace freshet::api {

struct Answer {
  std::string position;  // up to which the log is in this answer
  std::string etag;      // quoted
  std::string link;      // value of a Link header, or empty
  std::string body;      // the JSON to be sent, byte for byte
};

class Store {
 public:
  virtual ~Store() = default;
  // `query` is the last part of the subject (`articles.list`), `parameters` a JSON object; an empty `min_position` asks for none.
  [[nodiscard]] virtual Result<Answer> ask(std::string_view query, std::string_view parameters, std::string_view min_position) = 0;
};

}  // namespace freshet::api
