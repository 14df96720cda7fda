// Text: UTF-8, hex, base64url and slugs. Pure functions over bytes; none allocates more than its answer.
//
// Source    Unicode 15 table 3-7 (well-formed UTF-8), RFC 4648 4, 5 and 8, CONTRACT 1 (slugs)
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace freshet {

// The length of `text` in Unicode code points, or nothing when it is not well-formed UTF-8. Limits of CONTRACT 1 count these.
[[nodiscard]] std::optional<std::size_t> utf8_length(std::string_view text);

// Utf8Check: whether text that comes in pieces is well-formed; says no at the first byte behind which it cannot be any more.
class Utf8Check {
 public:
  [[nodiscard]] bool feed(std::string_view piece);
  // What was fed so far does not end inside a code point.
  [[nodiscard]] bool complete() const { return wanted_ == 0; }

 private:
  std::uint8_t wanted_ = 0;  // bytes that the code point still needs
  std::uint8_t low_ = 0x80;  // bounds of the next of them
  std::uint8_t high_ = 0xBF;
};

// The code point that starts at text[at], which must begin a well-formed sequence; moves `at` behind it.
[[nodiscard]] char32_t utf8_next(std::string_view text, std::size_t& at);
void utf8_append(std::string& out, char32_t code_point);

// Lower-case hexadecimal, two digits a byte.
[[nodiscard]] std::string hex_encode(std::string_view bytes);
[[nodiscard]] std::optional<std::string> hex_decode(std::string_view hex);

// base64url without padding. Decoding refuses padding, other alphabets and non-zero trailing bits: one text for one value.
[[nodiscard]] std::string base64url_encode(std::string_view bytes);
[[nodiscard]] std::optional<std::string> base64url_decode(std::string_view text);

[[nodiscard]] constexpr char ascii_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }
[[nodiscard]] std::string ascii_lower(std::string_view text);
[[nodiscard]] bool ascii_iequals(std::string_view a, std::string_view b);
[[nodiscard]] std::string_view trim(std::string_view text);  // spaces and tabs at both ends

// True for `[a-z0-9][a-z0-9-]{0,99}`.
[[nodiscard]] bool is_slug(std::string_view text);
// Slugs that would hide a route of the articles: `latest`, `by_category`, `publish`, `unpublish`.
[[nodiscard]] bool is_reserved_slug(std::string_view text);
// A slug from a title: ASCII letters and digits lower-cased, Latin letters without their marks, runs of anything else as one
// hyphen, at most 80 characters. Empty when the title has no such letter (Thai): the caller then generates one.
[[nodiscard]] std::string slugify(std::string_view title);

}  // namespace freshet
