// Sanitiser: HTML that somebody wrote, as HTML that is safe to show and that every parser reads in one way.
//
// Shape     the input is read as a stream of tokens; what is written are elements of the list in elements.hpp, each closed in turn,
//           with attributes of the list in attributes.cpp, quoted, and text, escaped. Nothing of the input is ever copied as markup.
//           The output is a tree that the HTML parser keeps as it is: blocks stand in blocks, a paragraph, heading or pre holds
//           phrasing only, phrasing ends where a block begins, no `a` in `a`, lists hold items, tables hold sections, rows, cells
//           (those missing are added). So there is no re-parsing that could change its meaning (mutation XSS).
// Left out  unknown tags (their content stays); elements whose content is no HTML or foreign, with all inside (script, style, svg, …);
//           comments; control characters; what is nested deeper than kDepthMax
// Law       sanitize(sanitize(x)) == sanitize(x)
// Bounds    time and memory are linear in the input; the output is at most some 8 times as long (escaping, implied tags, rel)
// Errors    none: whatever the bytes are. Bad UTF-8 becomes U+FFFD.
// Source    WHATWG HTML 13.2; DESIGN "HTML: safe by construction"
#pragma once

#include <string>
#include <string_view>

namespace freshet::html {

inline constexpr int kDepthMax = 64;

[[nodiscard]] std::string sanitize(std::string_view html);

// What a reader sees of it, on one line: for search and excerpts. References are replaced, runs of space are one, words of
// different blocks are kept apart; hidden content is left out as in sanitize(). Not HTML: whoever shows it escapes it.
[[nodiscard]] std::string plain_text(std::string_view html);

}  // namespace freshet::html
