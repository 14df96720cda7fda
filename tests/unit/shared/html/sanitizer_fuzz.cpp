// The laws of the sanitiser, for any bytes: a tree of the promised shape, its own sanitised form, UTF-8, and plain text of it that holds.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "shared/check.hpp"
#include "shared/html/sanitizer.hpp"
#include "shared/text.hpp"
#include "tests/unit/shared/html/shape.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::string once = freshet::html::sanitize(input);
  FRESHET_CHECK(freshet::html::testing::what_is_wrong(once, freshet::html::kDepthMax).empty());
  FRESHET_CHECK(freshet::html::sanitize(once) == once);
  FRESHET_CHECK(freshet::utf8_length(once).has_value());
  FRESHET_CHECK(freshet::utf8_length(freshet::html::plain_text(input)).has_value());
  return 0;
}
