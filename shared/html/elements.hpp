// Elements: what the sanitiser writes, what each may hold, and what is left out with everything inside.
//
// Source    WHATWG HTML 13.2.6 (tree construction); DESIGN "HTML: safe by construction"
#pragma once

#include <cstdint>
#include <string_view>

namespace freshet::html {

enum class Element : std::uint8_t {
  kP, kH2, kH3, kH4, kH5, kH6, kPre,                                         // hold phrasing only
  kBlockquote, kDiv, kFigure, kFigcaption, kLi, kTd, kTh, kCaption,          // hold blocks and phrasing
  kUl, kOl, kTable, kThead, kTbody, kTfoot, kTr,                             // hold certain children only
  kStrong, kEm, kB, kI, kU, kS, kSub, kSup, kCode, kA, kSpan,                // phrasing
  kBr, kImg, kHr,                                                            // hold nothing
};

enum class Role : std::uint8_t { kLeafBlock, kContainer, kStructure, kPhrasing, kVoid };

struct ElementInfo {
  Element element;
  std::string_view name;
  Role role;
};

[[nodiscard]] const ElementInfo& info(Element element);
// What a tag of this name is written as (`h1` as h2, `del` and `strike` as s), or nullptr: the tag is left out, its content stays.
[[nodiscard]] const ElementInfo* find_element(std::string_view name);

[[nodiscard]] constexpr bool is_heading(Element e) { return e >= Element::kH2 && e <= Element::kH6; }
[[nodiscard]] constexpr bool is_list(Element e) { return e == Element::kUl || e == Element::kOl; }
[[nodiscard]] constexpr bool is_section(Element e) { return e == Element::kThead || e == Element::kTbody || e == Element::kTfoot; }
[[nodiscard]] constexpr bool is_cell(Element e) { return e == Element::kTd || e == Element::kTh; }
// What an end tag of a block inside does not reach over (the parser's scope).
[[nodiscard]] constexpr bool is_scope(Element e) { return is_cell(e) || e == Element::kCaption; }

enum class Hidden : std::uint8_t { kNot, kRawText, kTree };
// Whether a browser would show nothing of the element's content as ours: text that is no HTML, or a tree of another kind.
[[nodiscard]] Hidden hidden_content(std::string_view name);

}  // namespace freshet::html
