#include "shared/html/elements.hpp"

#include <algorithm>
#include <array>

namespace freshet::html {
namespace {

constexpr std::array kElements{
    ElementInfo{Element::kP, "p", Role::kLeafBlock},
    ElementInfo{Element::kH2, "h2", Role::kLeafBlock},
    ElementInfo{Element::kH3, "h3", Role::kLeafBlock},
    ElementInfo{Element::kH4, "h4", Role::kLeafBlock},
    ElementInfo{Element::kH5, "h5", Role::kLeafBlock},
    ElementInfo{Element::kH6, "h6", Role::kLeafBlock},
    ElementInfo{Element::kPre, "pre", Role::kLeafBlock},
    ElementInfo{Element::kBlockquote, "blockquote", Role::kContainer},
    ElementInfo{Element::kDiv, "div", Role::kContainer},
    ElementInfo{Element::kFigure, "figure", Role::kContainer},
    ElementInfo{Element::kFigcaption, "figcaption", Role::kContainer},
    ElementInfo{Element::kLi, "li", Role::kContainer},
    ElementInfo{Element::kTd, "td", Role::kContainer},
    ElementInfo{Element::kTh, "th", Role::kContainer},
    ElementInfo{Element::kCaption, "caption", Role::kContainer},
    ElementInfo{Element::kUl, "ul", Role::kStructure},
    ElementInfo{Element::kOl, "ol", Role::kStructure},
    ElementInfo{Element::kTable, "table", Role::kStructure},
    ElementInfo{Element::kThead, "thead", Role::kStructure},
    ElementInfo{Element::kTbody, "tbody", Role::kStructure},
    ElementInfo{Element::kTfoot, "tfoot", Role::kStructure},
    ElementInfo{Element::kTr, "tr", Role::kStructure},
    ElementInfo{Element::kStrong, "strong", Role::kPhrasing},
    ElementInfo{Element::kEm, "em", Role::kPhrasing},
    ElementInfo{Element::kB, "b", Role::kPhrasing},
    ElementInfo{Element::kI, "i", Role::kPhrasing},
    ElementInfo{Element::kU, "u", Role::kPhrasing},
    ElementInfo{Element::kS, "s", Role::kPhrasing},
    ElementInfo{Element::kSub, "sub", Role::kPhrasing},
    ElementInfo{Element::kSup, "sup", Role::kPhrasing},
    ElementInfo{Element::kCode, "code", Role::kPhrasing},
    ElementInfo{Element::kA, "a", Role::kPhrasing},
    ElementInfo{Element::kSpan, "span", Role::kPhrasing},
    ElementInfo{Element::kBr, "br", Role::kVoid},
    ElementInfo{Element::kImg, "img", Role::kVoid},
    ElementInfo{Element::kHr, "hr", Role::kVoid},
};

struct Alias {
  std::string_view name;
  Element element;
};
constexpr std::array kAliases{Alias{"h1", Element::kH2}, Alias{"del", Element::kS}, Alias{"strike", Element::kS}, Alias{"image", Element::kImg}};

constexpr std::array<std::string_view, 10> kRawText{"script",  "style",    "title", "textarea", "xmp",
                                                    "iframe", "noembed", "noframes", "noscript", "plaintext"};
constexpr std::array<std::string_view, 9> kTrees{"svg",    "math",  "template", "object", "applet",
                                                  "select", "audio", "video",    "canvas"};

}  // namespace

const ElementInfo& info(Element element) { return kElements[static_cast<std::size_t>(element)]; }

const ElementInfo* find_element(std::string_view name) {
  const auto alias = std::find_if(kAliases.begin(), kAliases.end(), [&](const Alias& one) { return one.name == name; });
  if (alias != kAliases.end()) return &info(alias->element);
  const auto found = std::find_if(kElements.begin(), kElements.end(), [&](const ElementInfo& one) { return one.name == name; });
  return found == kElements.end() ? nullptr : &*found;
}

Hidden hidden_content(std::string_view name) {
  if (std::find(kRawText.begin(), kRawText.end(), name) != kRawText.end()) return Hidden::kRawText;
  return std::find(kTrees.begin(), kTrees.end(), name) != kTrees.end() ? Hidden::kTree : Hidden::kNot;
}

}  // namespace freshet::html
