// Attributes: which of a tag's attributes are written, and how; addresses; text escaped for HTML.
//
// Source    WHATWG URL 4.4 (what a browser strips from an address and what it takes for a scheme); WHATWG HTML 13.3 (escaping)
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "shared/html/elements.hpp"
#include "shared/html/tokenizer.hpp"

namespace freshet::html {

// The start tag as it is written, `<a href="/x" rel="noopener nofollow">`; nothing when the element is pointless without an attribute
// that is missing or refused (an `a` with no address, an `img` with no source).
[[nodiscard]] std::optional<std::string> start_tag(const ElementInfo& element, const Token& token);

enum class Link : std::uint8_t { kPage, kImage };
// The address without what a browser would strip from it, if it is relative or of an accepted scheme: http, https, for pages mailto.
[[nodiscard]] std::optional<std::string> clean_address(std::string_view address, Link link);

// Appends `text` for element content: `&`, `<`, `>` escaped, line ends as LF, other control characters left out.
void append_escaped(std::string& out, std::string_view text);

}  // namespace freshet::html
