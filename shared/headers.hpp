// Headers: names and values in order, as NATS and HTTP messages carry them. Names compare without case.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "shared/text.hpp"

namespace freshet {

using HeaderList = std::vector<std::pair<std::string, std::string>>;
// The same, lying elsewhere.
using HeaderViews = std::vector<std::pair<std::string_view, std::string_view>>;

// The first value under `name`, or nullptr; lives as long as the list is not changed.
template <typename Headers>
[[nodiscard]] const typename Headers::value_type::second_type* find_header(const Headers& headers, std::string_view name) {
  for (const auto& [key, value] : headers) {
    if (ascii_iequals(key, name)) return &value;
  }
  return nullptr;
}

}  // namespace freshet
