#include "functions/api/page.hpp"

#include <algorithm>
#include <charconv>

namespace freshet::api {
namespace {

constexpr std::uint32_t kPageNumberMax = 1'000'000'000;
constexpr std::size_t kCursorBytesMax = 512;

Error bad(const char* field, std::string why) {
  return Error{Errc::kInvalidArgument, std::string("not valid: ") + field, {{field, {std::move(why)}}}};
}

enum class TooLarge : std::uint8_t { kRefused, kLargest };

// A decimal number from 1 to `max`.
Result<std::uint32_t> parse_count(const char* field, std::string_view text, std::uint32_t max, TooLarge too_large) {
  const bool digits = !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
  if (!digits) return bad(field, "Expected a number from 1.");
  std::uint32_t value = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (ec != std::errc{} || value > max) {
    if (too_large == TooLarge::kLargest) return max;
    return bad(field, "Expected a number up to " + std::to_string(max) + ".");
  }
  if (value < 1) return bad(field, "Expected a number from 1.");
  return value;
}

}  // namespace

Result<Page> parse_page(const Request& request) {
  Page page;
  if (const std::string* size = request.query_value("page_size")) {
    FRESHET_TRY(value, parse_count("page_size", *size, limits::kPageSize, TooLarge::kLargest));
    page.size = value;
  }
  const std::string* number = request.query_value("page");
  if (number != nullptr) {
    FRESHET_TRY(value, parse_count("page", *number, kPageNumberMax, TooLarge::kRefused));
    page.number = value;
  }
  if (const std::string* cursor = request.query_value("cursor")) {
    if (number != nullptr) return bad("cursor", "Use either page or cursor.");
    if (cursor->size() > kCursorBytesMax) return bad("cursor", "This is no cursor of ours.");
    page.cursor = *cursor;
  }
  return page;
}

void append_page(JsonWriter& writer, const Page& page) {
  if (page.cursor) {
    writer.field("cursor", *page.cursor);
  } else {
    writer.key("page").number(page.number);
  }
  writer.key("page_size").number(static_cast<std::int64_t>(page.size));
}

}  // namespace freshet::api
