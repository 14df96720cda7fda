#include "shared/html/character_reference.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

#include "shared/text.hpp"

namespace freshet::html {
namespace {

struct Entity {
  std::string_view name;  // without `&`, with its `;` where it has one
  std::string_view text;
};
constexpr Entity kEntities[] = {
#include "entities.inc"
};
constexpr std::size_t kNameMax = 32;        // `CounterClockwiseContourIntegral;`
constexpr std::size_t kLegacyNameMax = 6;   // names that need no `;`: `Aacute` is one of the longest

const Entity* find_entity(std::string_view name) {
  const auto* found = std::lower_bound(std::begin(kEntities), std::end(kEntities), name, [](const Entity& a, std::string_view b) { return a.name < b; });
  return found != std::end(kEntities) && found->name == name ? found : nullptr;
}

bool is_alphanumeric(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// What numbers 0x80 to 0x9F mean: windows-1252, and themselves where that has a hole.
constexpr std::array<char16_t, 32> kWindows1252{0x20AC, 0x81,   0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
                                                0x2039, 0x0152, 0x8D,   0x017D, 0x8F,   0x90,   0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
                                                0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x9D,   0x017E, 0x0178};

char32_t numbered(std::uint32_t number) {
  if (number == 0 || number > 0x10FFFF || (number >= 0xD800 && number <= 0xDFFF)) return 0xFFFD;
  if (number >= 0x80 && number <= 0x9F) return kWindows1252[number - 0x80];
  return number;
}

int digit_of(char c, bool hexadecimal) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = ascii_lower(c);
  return hexadecimal && lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

// Each takes the text behind an ampersand and gives the number of bytes it used, 0 when they are no reference.
std::size_t take_number(std::string_view rest, std::string& out) {
  const bool hexadecimal = rest.size() > 1 && (rest[1] == 'x' || rest[1] == 'X');
  const std::size_t from = hexadecimal ? 2 : 1;
  std::size_t at = from;
  std::uint32_t number = 0;
  for (int digit; at < rest.size() && (digit = digit_of(rest[at], hexadecimal)) >= 0; ++at) {
    number = std::min<std::uint32_t>(number * (hexadecimal ? 16 : 10) + static_cast<std::uint32_t>(digit), 0x110000);
  }
  if (at == from) return 0;
  utf8_append(out, numbered(number));
  return at + (at < rest.size() && rest[at] == ';' ? 1 : 0);
}

std::size_t take_name(std::string_view rest, Where where, std::string& out) {
  std::size_t run = 0;
  while (run < rest.size() && run < kNameMax && is_alphanumeric(rest[run])) ++run;
  if (run < rest.size() && rest[run] == ';') {
    if (const Entity* entity = find_entity(rest.substr(0, run + 1))) {
      out.append(entity->text);
      return run + 1;
    }
  }
  for (std::size_t length = std::min(run, kLegacyNameMax); length >= 2; --length) {
    const Entity* entity = find_entity(rest.substr(0, length));
    if (entity == nullptr) continue;
    const bool continues = length < rest.size() && (rest[length] == '=' || is_alphanumeric(rest[length]));
    if (where == Where::kAttribute && continues) return 0;
    out.append(entity->text);
    return length;
  }
  return 0;
}

}  // namespace

std::string decode_references(std::string_view raw, Where where) {
  std::string out;
  out.reserve(raw.size());
  for (std::size_t at = 0; at < raw.size();) {
    const std::size_t ampersand = std::min(raw.find('&', at), raw.size());
    out.append(raw, at, ampersand - at);
    if (ampersand == raw.size()) break;
    const std::string_view rest = raw.substr(ampersand + 1);
    const std::size_t used = rest.starts_with('#') ? take_number(rest, out) : take_name(rest, where, out);
    if (used == 0) out.push_back('&');
    at = ampersand + 1 + used;
  }
  return out;
}

}  // namespace freshet::html
