// Tokenizer: how text is cut into what search compares; also FTS5's tokenizer `freshet`.
//
// Shape     Case, compatibility forms and Latin, Greek and Cyrillic diacritics do not count (shared/unicode.hpp).
//           Scripts written with spaces give words. Thai, Lao, Khmer, Myanmar, kana and Han, written without them, give
//           overlapping pairs of code points: `กขค` gives `กข`, `ขค` and, at the place of the last pair, `ค`.
//           A query is a phrase of the same pieces without that last single one, its last piece meant as a prefix; so any part of
//           a Thai sentence is found, one letter included, and `fresh` finds `freshet`.
// Bounds    a word keeps its first kTokenBytesMax bytes; text that is not UTF-8 has no tokens
// Source    sqlite.org/fts5.html, 7 (custom tokenizers, colocated tokens)
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

struct sqlite3;

namespace freshet {

inline constexpr std::size_t kTokenBytesMax = 64;

enum class TokenUse : std::uint8_t { kIndex, kQuery };
enum class TokenPlace : std::uint8_t { kNext, kSame };  // behind the token before, or beside it

// Calls `take` for each token until it returns false.
void tokenize(std::string_view text, TokenUse use, const std::function<bool(std::string_view token, TokenPlace)>& take);

// The FTS5 expression for what a reader typed: all its space-separated parts, in any order. Empty when it holds nothing to search.
[[nodiscard]] std::string search_expression(std::string_view typed);

// The words of sanitised HTML without its tags; elements that stand inside a line do not part words.
[[nodiscard]] std::string plain_text(std::string_view html);

// An SQLite result code.
[[nodiscard]] int register_tokenizer(sqlite3* database);

}  // namespace freshet
