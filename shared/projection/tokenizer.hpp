// Tokenizer: how text is cut into what search compares; also FTS5's tokenizer `freshet`.
//
// Shape     Case, compatibility forms and Latin, Greek and Cyrillic diacritics do not count (shared/unicode.hpp).
//           Scripts written with spaces give words. Thai, Lao, Khmer, Myanmar, kana and Han, written without them, give
//           overlapping pairs of code points: `กขค` gives `กข`, `ขค` and, at the place of the last pair, `ค`.
//           A query is a phrase of the same pieces without that last single one; so any part of a Thai sentence is found, one letter
//           included, and `fresh` finds `freshet`.
//           Starts: the first one, two and three letters of a word, and each letter of the scripts without spaces, are tokens of their
//           own, once a text, behind kStartMark. What is that short begins so many words that FTS5's prefix query, which joins
//           the positions of all of them before its first answer, would take time without bound; a token's texts it reads one by one.
// Bounds    a word keeps its first kTokenBytesMax bytes; text that is not UTF-8 has no tokens
// Source    sqlite.org/fts5.html, 3 (phrases, prefixes), 7 (custom tokenizers, colocated tokens)
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

struct sqlite3;

namespace freshet {

inline constexpr std::size_t kTokenBytesMax = 64;
inline constexpr std::size_t kStartLettersMax = 3;
inline constexpr char kStartMark = '\x02';  // no text has it in a token
inline constexpr std::size_t kSearchPartsMax = 16;

enum class TokenUse : std::uint8_t { kIndex, kQuery };
enum class TokenPlace : std::uint8_t { kNext, kSame };  // behind the token before, or beside it

// Calls `take` for each token until it returns false.
void tokenize(std::string_view text, TokenUse use, const std::function<bool(std::string_view token, TokenPlace)>& take);

// The starts of the tokens of one text.
class Starts {
 public:
  Starts();
  // Calls `take` with each start of `token`, an index token, that this text has not had yet.
  void of(std::string_view token, const std::function<void(std::string_view start)>& take);

 private:
  bool add(std::uint64_t start);
  std::vector<std::uint64_t> seen_;  // open addressing; up to three code points of 21 bits
  std::size_t count_ = 0;
};

// The FTS5 expression for what a reader typed: its first kSearchPartsMax space-separated parts, in any order, each a phrase. A last word of
// more than kStartLettersMax letters may go on; a shorter one is a start, which stands anywhere in the text. Empty when there is nothing to search.
[[nodiscard]] std::string search_expression(std::string_view typed);

// The words of sanitised HTML without its tags; elements that stand inside a line do not part words.
[[nodiscard]] std::string plain_text(std::string_view html);

// An SQLite result code.
[[nodiscard]] int register_tokenizer(sqlite3* database);

}  // namespace freshet
