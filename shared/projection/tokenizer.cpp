#include "shared/projection/tokenizer.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <array>

#include "shared/text.hpp"
#include "shared/unicode.hpp"

namespace freshet {
namespace {

constexpr char32_t kThaiFirst = 0x0E01;
constexpr char32_t kThaiLast = 0x0E5B;
constexpr char32_t kSaraAm = 0x0E33;

enum class Script : std::uint8_t { kNone, kWord, kPairs };

bool is_written_without_spaces(char32_t code) {
  constexpr std::array<std::pair<char32_t, char32_t>, 7> kRanges{{
      {0x0E01, 0x0EFF},    // Thai, Lao
      {0x1000, 0x109F},    // Myanmar
      {0x1780, 0x17FF},    // Khmer
      {0x3040, 0x30FF},    // kana
      {0x3400, 0x9FFF},    // Han
      {0xF900, 0xFAFF},    // Han, compatibility
      {0x20000, 0x3FFFF},  // Han, supplementary
  }};
  return std::any_of(kRanges.begin(), kRanges.end(), [code](const auto& range) { return code >= range.first && code <= range.second; });
}

Script script_of(char32_t code) {
  if (code < 0x80) {
    const bool word = (code >= 'a' && code <= 'z') || (code >= '0' && code <= '9') || (code >= 'A' && code <= 'Z');
    return word ? Script::kWord : Script::kNone;
  }
  // Thai without the look-up: all but the currency sign and the three signs of punctuation, and what is not assigned.
  if (code >= kThaiFirst && code <= kThaiLast) {
    const bool sign = (code > 0x0E3A && code < 0x0E40) || code == 0x0E4F || code > 0x0E59;
    return sign ? Script::kNone : Script::kPairs;
  }
  if (class_of(code) == CharacterClass::kOther) return Script::kNone;
  return is_written_without_spaces(code) ? Script::kPairs : Script::kWord;
}

bool is_dropped_mark(char32_t code) { return code >= 0x0300 && code <= 0x036F; }

// fold() with a short cut for the texts we hold most: ASCII and Thai change in lower case and SARA AM only, as long as no vowel below stands
// behind a tone mark (canonical ordering would swap them).
bool fold_quickly(std::string_view text, std::string& out) {
  char32_t before = 0;
  for (std::size_t at = 0; at < text.size();) {
    const auto byte = static_cast<unsigned char>(text[at]);
    if (byte < 0x80) {
      out += ascii_lower(text[at++]);
      before = byte;
      continue;
    }
    const std::size_t start = at;
    const char32_t code = utf8_next(text, at);
    const bool below = code >= 0x0E38 && code <= 0x0E3A;
    if (code < kThaiFirst || code > kThaiLast || (below && before >= 0x0E48 && before <= 0x0E4B)) return false;
    if (code == kSaraAm) {
      out += "\u0E4D\u0E32";
    } else {
      out.append(text.substr(start, at - start));
    }
    before = code;
  }
  return true;
}

std::string fold_for_search(std::string_view text) {
  std::string out;
  out.reserve(text.size() + text.size() / 8);
  if (!fold_quickly(text, out)) out = fold(text);
  return out;
}

// Cuts folded text; one run of one script at a time.
class Cutter {
 public:
  Cutter(std::string_view text, TokenUse use, const std::function<bool(std::string_view, TokenPlace)>& take) : text_(text), use_(use), take_(take) {}

  void run() {
    while (at_ < text_.size() && going_) {
      std::size_t next = at_;
      const Script script = script_of(utf8_next(text_, next));
      if (script == Script::kNone) {
        at_ = next;
      } else if (script == Script::kWord) {
        cut_word();
      } else {
        cut_pairs();
      }
    }
  }

 private:
  void cut_word() {
    word_.clear();
    while (at_ < text_.size()) {
      std::size_t next = at_;
      const char32_t code = utf8_next(text_, next);
      if (!is_dropped_mark(code)) {
        if (script_of(code) != Script::kWord) break;
        if (word_.size() + (next - at_) <= kTokenBytesMax) word_.append(text_.substr(at_, next - at_));
      }
      at_ = next;
    }
    if (!word_.empty()) going_ = take_(word_, TokenPlace::kNext);
  }

  void cut_pairs() {
    std::size_t first = at_;  // start of the code point before `at_`
    static_cast<void>(utf8_next(text_, at_));
    bool alone = true;
    while (at_ < text_.size() && going_) {
      std::size_t next = at_;
      if (script_of(utf8_next(text_, next)) != Script::kPairs) break;
      going_ = take_(text_.substr(first, next - first), TokenPlace::kNext);
      first = at_;
      at_ = next;
      alone = false;
    }
    if (!going_ || (!alone && use_ == TokenUse::kQuery)) return;
    going_ = take_(text_.substr(first, at_ - first), alone ? TokenPlace::kNext : TokenPlace::kSame);
  }

  std::string_view text_;
  TokenUse use_;
  const std::function<bool(std::string_view, TokenPlace)>& take_;
  std::size_t at_ = 0;
  bool going_ = true;
  std::string word_;
};

// ------------------------------------------------------------------ FTS5

using TokenCallback = int (*)(void*, int, const char*, int, int, int);

int fts5_create(void*, const char**, int, Fts5Tokenizer** out) {
  static char nothing;
  *out = reinterpret_cast<Fts5Tokenizer*>(&nothing);
  return SQLITE_OK;
}
void fts5_delete(Fts5Tokenizer*) {}

// The offsets are those of the whole text: nothing of ours asks where in the text a token stood (the index keeps no text).
int fts5_tokenize(Fts5Tokenizer*, void* context, int flags, const char* text, int size, TokenCallback take) {
  int code = SQLITE_OK;
  const auto use = (flags & FTS5_TOKENIZE_QUERY) != 0 ? TokenUse::kQuery : TokenUse::kIndex;
  tokenize(std::string_view(text, static_cast<std::size_t>(size)), use, [&](std::string_view token, TokenPlace place) {
    code = take(context, place == TokenPlace::kSame ? FTS5_TOKEN_COLOCATED : 0, token.data(), static_cast<int>(token.size()), 0, size);
    return code == SQLITE_OK;
  });
  return code;
}

bool is_inline_element(std::string_view name) {
  constexpr std::array<std::string_view, 19> kNames{"a", "abbr", "b", "bdi", "bdo", "cite", "code", "del", "em", "i",
                                                    "ins", "mark", "s", "small", "span", "strong", "sub", "sup", "u"};
  return std::find(kNames.begin(), kNames.end(), name) != kNames.end();
}

// The character that the entity at text[at] stands for, or nothing; moves `at` behind it.
std::string_view entity_at(std::string_view text, std::size_t& at) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kEntities{
      {{"&amp;", "&"}, {"&lt;", "<"}, {"&gt;", ">"}, {"&quot;", "\""}, {"&#39;", "'"}, {"&nbsp;", " "}}};
  for (const auto& [entity, character] : kEntities) {
    if (!text.substr(at).starts_with(entity)) continue;
    at += entity.size();
    return character;
  }
  return {};
}

}  // namespace

void tokenize(std::string_view text, TokenUse use, const std::function<bool(std::string_view, TokenPlace)>& take) {
  if (!utf8_length(text)) return;
  const std::string folded = fold_for_search(text);
  Cutter(folded, use, take).run();
}

std::string search_expression(std::string_view typed) {
  std::string out;
  for (std::size_t at = 0; at < typed.size();) {
    const auto end = std::min(typed.find_first_of(" \t\r\n", at), typed.size());
    const auto part = typed.substr(at, end - at);
    at = end + 1;
    bool searchable = false;
    tokenize(part, TokenUse::kQuery, [&searchable](std::string_view, TokenPlace) {
      searchable = true;
      return false;
    });
    if (!searchable) continue;
    if (!out.empty()) out += " AND ";
    out += '"';
    for (const char c : part) out.append(c == '"' ? 2 : 1, c);
    out += "\"*";
  }
  return out;
}

std::string plain_text(std::string_view html) {
  std::string out;
  out.reserve(html.size());
  for (std::size_t at = 0; at < html.size();) {
    if (html[at] == '<') {
      // In sanitised HTML each `<` opens a tag, and no attribute holds a bare `>`.
      const auto end = std::min(html.find('>', at), html.size());
      auto name = html.substr(at + 1, end - at - 1);
      if (name.starts_with('/')) name.remove_prefix(1);
      if (!is_inline_element(name.substr(0, name.find_first_of(" /")))) out += ' ';
      at = end + 1;
    } else if (html[at] == '&') {
      const auto character = entity_at(html, at);
      out += character.empty() ? std::string_view("&") : character;
      if (character.empty()) ++at;
    } else {
      const auto end = std::min(html.find_first_of("<&", at), html.size());
      out.append(html.substr(at, end - at));
      at = end;
    }
  }
  return out;
}

int register_tokenizer(sqlite3* database) {
  sqlite3_stmt* statement = nullptr;
  if (const int code = sqlite3_prepare_v2(database, "SELECT fts5(?1)", -1, &statement, nullptr); code != SQLITE_OK) return code;
  fts5_api* api = nullptr;
  sqlite3_bind_pointer(statement, 1, static_cast<void*>(&api), "fts5_api_ptr", nullptr);
  sqlite3_step(statement);
  sqlite3_finalize(statement);
  if (api == nullptr) return SQLITE_ERROR;
  fts5_tokenizer tokenizer{fts5_create, fts5_delete, fts5_tokenize};
  return api->xCreateTokenizer(api, "freshet", nullptr, &tokenizer, nullptr);
}

}  // namespace freshet
