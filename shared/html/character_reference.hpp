// Character references: `&amp;`, `&#x41;`, `&notit` and all that browsers make of them.
//
// Source    WHATWG HTML 13.2.5.72 to 13.2.5.80 (character reference states), 13.5 (names)
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace freshet::html {

enum class Where : std::uint8_t { kText, kAttribute };

// `raw` with its references replaced. Linear in its length.
[[nodiscard]] std::string decode_references(std::string_view raw, Where where);

}  // namespace freshet::html
