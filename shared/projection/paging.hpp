// Paging: numbered pages and keyset pages of one ordered list, and the answer `{count,next,previous,results}` around them.
//
// Shape     a cursor is base64url of one letter (`n`: what follows, `p`: what precedes) and the key it starts beside; opaque to clients.
//           A keyset page is stable: what is added or removed elsewhere in the list neither repeats nor hides a row.
// Errors    kInvalidArgument (field `cursor`, `page`, …) for what cannot be read; kNotFound for a page past the last
// Source    CONTRACT 1 (lists), RFC 8288 (Link)
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "shared/json.hpp"
#include "shared/limits.hpp"
#include "shared/result.hpp"

namespace freshet {

enum class Walk : std::uint8_t { kForward, kBackward };

struct Cursor {
  Walk walk = Walk::kForward;
  std::string key;
  bool operator==(const Cursor&) const = default;
};
[[nodiscard]] std::string encode_cursor(const Cursor& cursor);
[[nodiscard]] Result<Cursor> decode_cursor(std::string_view text, std::size_t key_bytes);

struct PageRequest {
  std::int64_t page = 1;
  std::int64_t page_size = limits::kPageSizeDefault;
  bool keyset = false;
  std::optional<Cursor> cursor;  // of a keyset page; none for the first
  std::string path;              // this page's address without `page` and `cursor`
};
// Reads `page`, `page_size`, `cursor` and `path` of a query's parameters.
[[nodiscard]] Result<PageRequest> parse_page_request(const Json& parameters, std::size_t key_bytes);

struct Row {
  std::string key;  // as a cursor keeps it
  std::string json;
};
struct Stretch {
  Walk walk = Walk::kForward;
  std::string_view beyond;  // the key it starts behind, in its direction; empty: the list's start
  std::size_t offset = 0;
  std::size_t limit = 0;
};
using Fetch = std::function<Result<std::vector<Row>>(const Stretch&)>;

struct PageAnswer {
  std::string body;
  std::string link;  // value of the Link header, or empty
};
[[nodiscard]] Result<PageAnswer> answer_page(const PageRequest& request, std::int64_t count, const Fetch& fetch);

}  // namespace freshet
