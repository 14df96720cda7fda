// Headers: names and values in order, as NATS and HTTP messages carry them. Names compare without case.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "shared/text.hpp"

namespace freshet {

using HeaderList = std::vector<std::pair<std::string, std::string>>;

// The first value under `name`, or nullptr; lives as long as the list is not changed.
[[nodiscard]] inline const std::string* find_header(const HeaderList& headers, std::string_view name) {
  for (const auto& [key, value] : headers) {
    if (ascii_iequals(key, name)) return &value;
  }
  return nullptr;
}

}  // namespace freshet
