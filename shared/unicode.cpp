#include "shared/unicode.hpp"

#include <algorithm>
#include <iterator>
#include <vector>

#include "shared/text.hpp"

namespace freshet {
namespace {

struct Range {
  std::uint32_t first;
  std::uint32_t last;
  std::uint8_t value;
};
struct Fold {
  std::uint32_t code;
  std::uint16_t at;
  std::uint8_t length;
};

#include "unicode_tables.inc"

template <std::size_t kSize>
std::uint8_t look_up(const Range (&ranges)[kSize], char32_t code) {
  const auto* found = std::lower_bound(std::begin(ranges), std::end(ranges), code, [](const Range& range, char32_t c) { return range.last < c; });
  return found != std::end(ranges) && found->first <= code ? found->value : 0;
}

// Hangul syllables decompose by arithmetic (Unicode 3.12).
bool append_hangul(std::vector<char32_t>& out, char32_t code) {
  constexpr char32_t kBase = 0xAC00;
  constexpr char32_t kTrailing = 28;
  constexpr char32_t kVowelsAndTrailing = 21 * kTrailing;
  if (code < kBase || code >= kBase + 19 * kVowelsAndTrailing) return false;
  const char32_t index = code - kBase;
  out.push_back(0x1100 + index / kVowelsAndTrailing);
  out.push_back(0x1161 + index % kVowelsAndTrailing / kTrailing);
  if (index % kTrailing != 0) out.push_back(0x11A7 + index % kTrailing);
  return true;
}

void append_folded(std::vector<char32_t>& out, char32_t code) {
  if (code < 0x80) {
    out.push_back(static_cast<unsigned char>(ascii_lower(static_cast<char>(code))));
    return;
  }
  if (append_hangul(out, code)) return;
  const auto* found = std::lower_bound(std::begin(kFolds), std::end(kFolds), code, [](const Fold& fold, char32_t c) { return fold.code < c; });
  if (found == std::end(kFolds) || found->code != code) {
    out.push_back(code);
    return;
  }
  out.insert(out.end(), kFoldTexts + found->at, kFoldTexts + found->at + found->length);
}

// Canonical ordering (Unicode 3.11, D109): each run of combining marks is sorted by class; equals keep their order.
void order_marks(std::vector<char32_t>& text) {
  struct Mark {
    std::uint8_t combining;
    std::size_t place;
    char32_t code;
  };
  std::vector<Mark> run;
  for (std::size_t at = 0; at < text.size(); ++at) {
    run.clear();
    for (std::size_t i = at; i < text.size() && text[i] >= 0x300; ++i) {
      const std::uint8_t combining = look_up(kCombining, text[i]);
      if (combining == 0) break;
      run.push_back({combining, i, text[i]});
    }
    std::sort(run.begin(), run.end(), [](const Mark& a, const Mark& b) {
      return a.combining != b.combining ? a.combining < b.combining : a.place < b.place;
    });
    for (const Mark& mark : run) text[at++] = mark.code;
  }
}

}  // namespace

CharacterClass class_of(char32_t code) { return static_cast<CharacterClass>(look_up(kClasses, code)); }

std::string fold(std::string_view text) {
  std::vector<char32_t> codes;
  codes.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) append_folded(codes, utf8_next(text, at));
  order_marks(codes);
  std::string out;
  out.reserve(text.size());
  for (const char32_t code : codes) utf8_append(out, code);
  return out;
}

}  // namespace freshet
