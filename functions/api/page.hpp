// Page: which part of a list is asked for.
//
// Source    CONTRACT 1: `?page=` from 1, `?page_size=` (default 20, more than 100 is 100), or `?cursor=` (empty: the first page)
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "functions/api/http.hpp"
#include "shared/json.hpp"
#include "shared/limits.hpp"

namespace freshet::api {

struct Page {
  std::uint32_t number = 1;
  std::size_t size = limits::kPageSizeDefault;
  std::optional<std::string> cursor;  // keyset paging; `number` then has no meaning
};

// kInvalidArgument naming the field: no number, below 1, page and cursor together.
[[nodiscard]] Result<Page> parse_page(const Request& request);

// The members `page`, `page_size`, `cursor` as the store reads them.
void append_page(JsonWriter& writer, const Page& page);

}  // namespace freshet::api
