// Unicode: letters, marks and digits, and the folding under which two names or two words are the same.
//
// Source    Unicode 14, from the tables of Python's `unicodedata`, by shared/unicode_tables.py at build time.
//           fold() is D146 (compatibility caseless matching): two texts have the same NFKC and case folding exactly when their folds
//           are equal. The fold is in NFKD.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace freshet {

enum class CharacterClass : std::uint8_t { kOther, kLetter, kMark, kDigit };
[[nodiscard]] CharacterClass class_of(char32_t code_point);

// The compatibility caseless form of well-formed UTF-8.
[[nodiscard]] std::string fold(std::string_view text);

}  // namespace freshet
