#include "shared/text.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "tests/support/manual_clock.hpp"

namespace freshet {
namespace {

TEST_CASE("UTF-8 is counted in code points and refused where it is not well-formed") {
  struct Row {
    std::string_view text;
    int length;  // -1: refused
  };
  using namespace std::string_view_literals;
  const Row rows[] = {
      {"", 0}, {"abc", 3}, {"ก", 1}, {"น้ำ", 3}, {"😀", 1}, {"a\0b"sv, 3}, {"\x7f", 1}, {"\xc2\x80", 1}, {"\xed\x9f\xbf", 1}, {"\xf4\x8f\xbf\xbf", 1},
      {"\x80", -1}, {"\xc0\x80", -1}, {"\xc1\xbf", -1}, {"\xc2", -1}, {"\xe0\x80\x80", -1}, {"\xe0\xa0", -1}, {"\xed\xa0\x80", -1},
      {"\xf0\x80\x80\x80", -1}, {"\xf4\x90\x80\x80", -1}, {"\xf5\x80\x80\x80", -1}, {"\xff", -1}, {"a\xe0\xb8", -1}, {"\xe0\xb8\x01", -1}};
  for (const auto& row : rows) {
    CAPTURE(row.text);
    const auto length = utf8_length(row.text);
    CHECK(static_cast<int>(length.value_or(static_cast<std::size_t>(-1))) == row.length);
  }
}

TEST_CASE("text in pieces is well-formed where the whole is, however it is cut, and refused at the first byte that no text has there") {
  const std::vector<std::string> rows{"", "abc", "\xCE\xBA\xE1\xBD\xB9\xF0\x90\x8D\x88", "\xED\x9F\xBF\xEE\x80\x80\xF4\x8F\xBF\xBF", "\xC2\x80\xDF\xBF",
                                      "\xC0\x80", "\xE0\x9F\x80", "\xED\xA0\x80", "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80", "\xF5", "\x80", "a\xE0\xB8", "\xE0\xB8\x01", "\xF0\x90\x80"};
  for (const std::string& text : rows) {
    for (std::size_t cut = 0; cut <= text.size(); ++cut) {
      CAPTURE(text);
      CAPTURE(cut);
      Utf8Check check;
      const bool fed = check.feed(std::string_view(text).substr(0, cut)) && check.feed(std::string_view(text).substr(cut));
      CHECK((fed && check.complete()) == utf8_length(text).has_value());
    }
  }
  Utf8Check check;
  CHECK(check.feed("\xF4"));
  CHECK_FALSE(check.feed("\x90"));  // already above U+10FFFF
}

TEST_CASE("every code point survives encoding and decoding") {
  for (char32_t code = 1; code < 0x110000; code += code < 0x3000 ? 1 : 97) {
    if (code >= 0xD800 && code < 0xE000) continue;
    std::string text;
    utf8_append(text, code);
    REQUIRE(utf8_length(text) == 1);
    std::size_t at = 0;
    REQUIRE(utf8_next(text, at) == code);
    REQUIRE(at == text.size());
  }
}

TEST_CASE("base64url has one text for each value") {
  CHECK(base64url_encode("") == "");
  CHECK(base64url_encode("f") == "Zg");
  CHECK(base64url_encode("fo") == "Zm8");
  CHECK(base64url_encode("foobar") == "Zm9vYmFy");
  CHECK(base64url_encode("\xfb\xff") == "-_8");
  CHECK(base64url_decode("-_8") == "\xfb\xff");
  for (const std::string_view bad : {"Zg==", "Z", "Zh", "Zm9", "+/8", "Zg ", "Zm9vY", "\n"}) {
    CAPTURE(bad);
    CHECK_FALSE(base64url_decode(bad).has_value());
  }
  freshet::testing::SeededRandom random(7);
  for (std::size_t size = 0; size < 70; ++size) {
    std::string bytes(size, '\0');
    random.fill({reinterpret_cast<std::uint8_t*>(bytes.data()), size});
    CHECK(base64url_decode(base64url_encode(bytes)) == bytes);
    CHECK(hex_decode(hex_encode(bytes)) == bytes);
  }
}

TEST_CASE("hex is lower case and whole bytes") {
  CHECK(hex_encode("\xff" "a") == "ff61");
  CHECK(hex_decode("ff61") == "\xff" "a");
  for (const std::string_view bad : {"f", "FF", "0g", "0x"}) {
    CAPTURE(bad);
    CHECK_FALSE(hex_decode(bad).has_value());
  }
}

TEST_CASE("slugs are what the contract says, and no route") {
  for (const std::string_view good : {"a", "0", "a-b", "article-1", "a--b", "a-"}) CHECK(is_slug(good));
  for (const std::string_view bad : {"", "-a", "A", "a_b", "a b", "a.b", "ก", "a/b"}) {
    CAPTURE(bad);
    CHECK_FALSE(is_slug(bad));
  }
  CHECK(is_slug(std::string(100, 'a')));
  CHECK_FALSE(is_slug(std::string(101, 'a')));
  for (const std::string_view route : {"latest", "by_category", "publish", "unpublish"}) CHECK(is_reserved_slug(route));
  CHECK_FALSE(is_reserved_slug("latest-news"));
}

TEST_CASE("a title gives its slug, or none when no letter of it can stand in one") {
  struct Row {
    std::string_view title;
    std::string_view slug;
  };
  const Row rows[] = {{"Hello, World!", "hello-world"}, {"  Crème Brûlée  ", "creme-brulee"}, {"Łódź & Øresund", "lodz-oresund"},
                      {"น้ำท่วม", ""},                     {"ข่าว 2026", "2026"},                 {"---", ""},
                      {"a", "a"},                        {"", ""},                            {"C++ & C#", "c-c"}};
  for (const auto& row : rows) {
    CAPTURE(row.title);
    CHECK(slugify(row.title) == row.slug);
  }
  const std::string slug = slugify(std::string(79, 'x') + " yz");
  CHECK(slug.size() <= 80);
  CHECK(is_slug(slug));
}

}  // namespace
}  // namespace freshet
