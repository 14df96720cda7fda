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

// utf8_next() with short cuts for ASCII and Thai. The text is well-formed.
char32_t next_code(std::string_view text, std::size_t& at) {
  const auto byte = static_cast<unsigned char>(text[at]);
  if (byte < 0x80) {
    ++at;
    return byte;
  }
  if (byte != 0xE0) return utf8_next(text, at);
  const auto second = static_cast<unsigned char>(text[at + 1]);
  const auto third = static_cast<unsigned char>(text[at + 2]);
  at += 3;
  return static_cast<char32_t>((second & 0x3F) << 6 | (third & 0x3F));
}

bool is_dropped_mark(char32_t code) { return code >= 0x0300 && code <= 0x036F; }

// fold() with a short cut for the texts we hold most: ASCII and Thai change in lower case and SARA AM only, as long as no vowel below stands
// behind a tone mark (canonical ordering would swap them). False for other text, and for what is not well-formed.
bool fold_quickly(std::string_view text, std::string& out) {
  char32_t before = 0;
  for (std::size_t at = 0; at < text.size();) {
    const auto byte = static_cast<unsigned char>(text[at]);
    if (byte < 0x80) {
      out += ascii_lower(text[at++]);
      before = byte;
      continue;
    }
    const auto second = at + 2 < text.size() ? static_cast<unsigned char>(text[at + 1]) : 0;
    const auto third = at + 2 < text.size() ? static_cast<unsigned char>(text[at + 2]) : 0;
    if (byte != 0xE0 || (second & 0xFE) != 0xB8 || (third & 0xC0) != 0x80) return false;
    const auto code = static_cast<char32_t>((second & 0x3F) << 6 | (third & 0x3F));
    const bool below = code >= 0x0E38 && code <= 0x0E3A;
    if (code < kThaiFirst || code > kThaiLast || (below && before >= 0x0E48 && before <= 0x0E4B)) return false;
    if (code == kSaraAm) {
      out += "\u0E4D\u0E32";
    } else {
      out.append(text, at, 3);
    }
    before = code;
    at += 3;
  }
  return true;
}

// Nothing when the text is not well-formed.
std::string fold_for_search(std::string_view text) {
  std::string out;
  out.reserve(text.size() + text.size() / 8);
  if (fold_quickly(text, out)) return out;
  return utf8_length(text) ? fold(text) : std::string();
}

// Cuts folded text; one run of one script at a time.
class Cutter {
 public:
  Cutter(std::string_view text, TokenUse use, const std::function<bool(std::string_view, TokenPlace)>& take)
      : text_(text), use_(use), take_(take) {}

  void run() {
    while (at_ < text_.size() && going_) {
      std::size_t next = at_;
      const Script script = script_of(next_code(text_, next));
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
      const char32_t code = next_code(text_, next);
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
    static_cast<void>(next_code(text_, at_));
    bool alone = true;
    while (at_ < text_.size() && going_) {
      std::size_t next = at_;
      if (script_of(next_code(text_, next)) != Script::kPairs) break;
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
  const std::string_view whole(text, static_cast<std::size_t>(size));
  const auto give = [&](std::string_view token, int place) {
    if (code == SQLITE_OK) code = take(context, place, token.data(), static_cast<int>(token.size()), 0, size);
  };
  if ((flags & FTS5_TOKENIZE_QUERY) == 0) {
    Starts starts;
    tokenize(whole, TokenUse::kIndex, [&](std::string_view token, TokenPlace place) {
      if (place == TokenPlace::kNext) give(token, 0);  // a last single letter is asked for as a start
      starts.of(token, [&](std::string_view start) { give(start, FTS5_TOKEN_COLOCATED); });
      return code == SQLITE_OK;
    });
  } else if (whole.starts_with(kStartMark)) {
    give(whole, 0);
  } else {
    tokenize(whole, TokenUse::kQuery, [&](std::string_view token, TokenPlace) {
      give(token, 0);
      return code == SQLITE_OK;
    });
  }
  return code;
}

bool is_inline_element(std::string_view name) {
  constexpr std::array<std::string_view, 19> kNames{"a",   "abbr", "b", "bdi",   "bdo",  "cite",   "code", "del", "em", "i",
                                                    "ins", "mark", "s", "small", "span", "strong", "sub",  "sup", "u"};
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
  const std::string folded = fold_for_search(text);
  Cutter(folded, use, take).run();
}

Starts::Starts() : seen_(512, 0) {}

bool Starts::add(std::uint64_t start) {
  if (count_ * 2 >= seen_.size()) {
    std::vector<std::uint64_t> before(seen_.size() * 2, 0);
    before.swap(seen_);
    count_ = 0;
    for (const std::uint64_t known : before) {
      if (known != 0) static_cast<void>(add(known));
    }
  }
  std::size_t at = static_cast<std::size_t>((start * 0x9E3779B97F4A7C15u) >> 32);
  for (;; ++at) {
    std::uint64_t& place = seen_[at & (seen_.size() - 1)];
    if (place == start) return false;
    if (place != 0) continue;
    place = start;
    ++count_;
    return true;
  }
}

void Starts::of(std::string_view token, const std::function<void(std::string_view)>& take) {
  std::array<char, 1 + 4 * kStartLettersMax> start{kStartMark};
  std::uint64_t packed = 0;
  std::size_t at = 0;
  for (std::size_t letters = 0; letters < kStartLettersMax && at < token.size(); ++letters) {
    const std::size_t from = at;
    const char32_t code = next_code(token, at);
    packed = packed << 21 | code;
    std::copy(token.begin() + static_cast<std::ptrdiff_t>(from), token.begin() + static_cast<std::ptrdiff_t>(at),
              start.begin() + 1 + static_cast<std::ptrdiff_t>(from));
    if (add(packed)) take(std::string_view(start.data(), 1 + at));
    if (script_of(code) == Script::kPairs) return;
  }
}

namespace {

std::string quoted(std::string_view token) { return '"' + std::string(token) + '"'; }

// The start that `token`, the last of a query's phrase, is looked up by; nothing when it is long enough for itself.
std::string start_of(std::string_view token) {
  std::size_t at = 0;
  std::size_t letters = 0;
  bool pairs = false;
  for (; at < token.size(); ++letters) pairs = script_of(next_code(token, at)) == Script::kPairs;
  return letters <= (pairs ? 1 : kStartLettersMax) ? kStartMark + std::string(token) : std::string();
}

// One part of what was typed. A pair is whole as it stands: no `*`.
std::string phrase_expression(const std::vector<std::string>& tokens) {
  const std::string& last = tokens.back();
  const std::string start = start_of(last);
  std::string out;
  for (std::size_t i = 0; i + (start.empty() ? 0 : 1) < tokens.size(); ++i) out.append(out.empty() ? "" : " + ").append(quoted(tokens[i]));
  if (!start.empty()) return out.append(out.empty() ? "" : " AND ").append(quoted(start));
  std::size_t at = 0;
  return script_of(next_code(last, at)) == Script::kPairs ? out : out + '*';
}

}  // namespace

std::string search_expression(std::string_view typed) {
  std::vector<std::string> parts;
  for (std::size_t at = 0; at < typed.size() && parts.size() < kSearchPartsMax;) {
    const auto end = std::min(typed.find_first_of(" \t\r\n", at), typed.size());
    std::vector<std::string> tokens;
    tokenize(typed.substr(at, end - at), TokenUse::kQuery, [&tokens](std::string_view token, TokenPlace) {
      tokens.emplace_back(token);
      return true;
    });
    at = end + 1;
    if (tokens.empty()) continue;
    std::string part = phrase_expression(tokens);
    if (std::find(parts.begin(), parts.end(), part) == parts.end()) parts.push_back(std::move(part));
  }
  std::string out;
  for (const std::string& part : parts) out.append(out.empty() ? "" : " AND ").append(part);
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
