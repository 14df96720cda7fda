#include "shared/html/attributes.hpp"

#include <algorithm>
#include <array>

#include "shared/text.hpp"

namespace freshet::html {
namespace {

constexpr std::size_t kAddressBytesMax = 4096;
constexpr std::size_t kTextBytesMax = 2048;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return ascii_lower(c) >= 'a' && ascii_lower(c) <= 'z'; }

bool is_number(std::string_view value, std::size_t digits_max) {
  return !value.empty() && value.size() <= digits_max && std::all_of(value.begin(), value.end(), is_digit);
}

bool is_language(std::string_view value) {
  return !value.empty() && value.size() <= 35 && std::all_of(value.begin(), value.end(), [](char c) { return is_letter(c) || is_digit(c) || c == '-'; });
}

bool is_one_of(std::string_view value, std::initializer_list<std::string_view> words) { return std::find(words.begin(), words.end(), value) != words.end(); }

// The value to write, or nothing: the attribute is left out.
using Filter = std::optional<std::string> (*)(std::string_view);

std::optional<std::string> verbatim_if(bool accepted, std::string_view value) { return accepted ? std::optional<std::string>(value) : std::nullopt; }
std::optional<std::string> page_address(std::string_view value) { return clean_address(value, Link::kPage); }
std::optional<std::string> image_address(std::string_view value) { return clean_address(value, Link::kImage); }
std::optional<std::string> any_text(std::string_view value) { return verbatim_if(value.size() <= kTextBytesMax, value); }
std::optional<std::string> pixels(std::string_view value) { return verbatim_if(is_number(value, 4), value); }
std::optional<std::string> span_count(std::string_view value) { return verbatim_if(is_number(value, 3) && value.front() != '0', value); }
std::optional<std::string> whole_number(std::string_view value) {
  return verbatim_if(is_number(value.substr(value.starts_with('-') ? 1 : 0), 6), value);
}
std::optional<std::string> scope(std::string_view value) {
  const std::string lower = ascii_lower(value);
  return verbatim_if(is_one_of(lower, {"row", "col", "rowgroup", "colgroup"}), lower);
}
std::optional<std::string> direction(std::string_view value) {
  const std::string lower = ascii_lower(value);
  return verbatim_if(is_one_of(lower, {"ltr", "rtl", "auto"}), lower);
}
std::optional<std::string> language(std::string_view value) { return verbatim_if(is_language(value), value); }

enum class On : std::uint8_t { kOne, kCells, kAll };
struct Rule {
  On on;
  Element element;  // for kOne
  std::string_view name;
  Filter filter;
};

// In the order in which they are written.
constexpr std::array kRules{
    Rule{On::kOne, Element::kA, "href", page_address},
    Rule{On::kOne, Element::kA, "title", any_text},
    Rule{On::kOne, Element::kImg, "src", image_address},
    Rule{On::kOne, Element::kImg, "alt", any_text},
    Rule{On::kOne, Element::kImg, "title", any_text},
    Rule{On::kOne, Element::kImg, "width", pixels},
    Rule{On::kOne, Element::kImg, "height", pixels},
    Rule{On::kOne, Element::kOl, "start", whole_number},
    Rule{On::kCells, Element::kTd, "colspan", span_count},
    Rule{On::kCells, Element::kTd, "rowspan", span_count},
    Rule{On::kOne, Element::kTh, "scope", scope},
    Rule{On::kAll, Element::kDiv, "lang", language},
    Rule{On::kAll, Element::kDiv, "dir", direction},
};

bool applies(const Rule& rule, Element element) {
  if (rule.on == On::kAll) return true;
  return rule.on == On::kCells ? is_cell(element) : rule.element == element;
}

void append_attribute(std::string& out, std::string_view name, std::string_view value) {
  out.append(" ").append(name).append("=\"");
  std::string escaped;
  append_escaped(escaped, value);
  for (const char c : escaped) {
    if (c == '"') {
      out.append("&quot;");
    } else {
      out.push_back(c);
    }
  }
  out.push_back('"');
}

// The scheme of an address without stripped characters: what stands before a colon, if it may (WHATWG URL, scheme state).
std::optional<std::string> scheme_of(std::string_view address) {
  if (address.empty() || !is_letter(address.front())) return std::nullopt;
  for (std::size_t i = 0; i < address.size(); ++i) {
    const char c = address[i];
    if (c == ':') return ascii_lower(address.substr(0, i));
    if (!is_letter(c) && !is_digit(c) && c != '+' && c != '-' && c != '.') return std::nullopt;
  }
  return std::nullopt;
}

// What stands behind the blanks beyond ASCII that `address` begins with (White_Space of Unicode, zero width ones, the byte order mark). A
// browser does not strip them; what else reads the content may.
std::string_view behind_wide_blanks(std::string_view address) {
  static constexpr std::array<std::string_view, 7> kBlanks{"\u0085", "\u00A0", "\u1680", "\u180E", "\u205F", "\u2060", "\u3000"};
  const auto blank_bytes = [](std::string_view text) -> std::size_t {
    for (const std::string_view blank : kBlanks) {
      if (text.starts_with(blank)) return blank.size();
    }
    if (text.starts_with("\uFEFF")) return 3;
    const bool general = text.size() > 2 && text.starts_with("\xE2\x80");  // U+2000 to U+203F
    const unsigned last = general ? static_cast<unsigned char>(text[2]) : 0;
    if (general && (last <= 0x8F || (last >= 0xA8 && last <= 0xAF))) return 3;
    return !text.empty() && text.front() == ' ' ? 1 : 0;
  };
  while (const std::size_t bytes = blank_bytes(address)) address.remove_prefix(bytes);
  return address;
}

}  // namespace

std::optional<std::string> clean_address(std::string_view address, Link link) {
  const auto stripped = [](char c) { return static_cast<unsigned char>(c) <= 0x20 || c == 0x7F; };
  while (!address.empty() && stripped(address.front())) address.remove_prefix(1);
  while (!address.empty() && stripped(address.back())) address.remove_suffix(1);
  std::string clean;
  for (const char c : address) {
    if (c == ' ' || !stripped(c)) clean.push_back(c);
  }
  if (clean.empty() || clean.size() > kAddressBytesMax) return std::nullopt;
  const auto scheme = scheme_of(behind_wide_blanks(clean));
  if (!scheme || *scheme == "http" || *scheme == "https" || (*scheme == "mailto" && link == Link::kPage)) return clean;
  return std::nullopt;
}

std::optional<std::string> start_tag(const ElementInfo& element, const Token& token) {
  std::string out = '<' + std::string(element.name);
  bool has_address = false;
  for (const auto& rule : kRules) {
    if (!applies(rule, element.element)) continue;
    const std::string* value = token.attribute(rule.name);
    if (value == nullptr) continue;
    const auto accepted = rule.filter(*value);
    if (!accepted) continue;
    append_attribute(out, rule.name, *accepted);
    has_address |= rule.name == "href" || rule.name == "src";
  }
  if ((element.element == Element::kA || element.element == Element::kImg) && !has_address) return std::nullopt;
  if (element.element == Element::kA) append_attribute(out, "rel", "noopener nofollow");
  return out + '>';
}

void append_escaped(std::string& out, std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    switch (c) {
      case '&': out.append("&amp;"); break;
      case '<': out.append("&lt;"); break;
      case '>': out.append("&gt;"); break;
      case '\r':
        if (i + 1 >= text.size() || text[i + 1] != '\n') out.push_back('\n');
        break;
      case '\f': out.push_back(' '); break;
      default:
        if (static_cast<unsigned char>(c) >= 0x20 || c == '\n' || c == '\t') {
          if (c != 0x7F) out.push_back(c);
        }
    }
  }
}

}  // namespace freshet::html
