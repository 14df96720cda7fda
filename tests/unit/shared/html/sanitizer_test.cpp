#include "shared/html/sanitizer.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <iterator>
#include <string>

#include "shared/json.hpp"
#include "shared/text.hpp"
#include "tests/support/manual_clock.hpp"
#include "tests/unit/shared/html/shape.hpp"

namespace freshet::html {
namespace {

Json vectors() {
  std::ifstream file(FRESHET_HTML_VECTORS);
  const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  return Json::parse(text, nullptr, false);
}

void check_laws(std::string_view input) {
  CAPTURE(input);
  const std::string once = sanitize(input);
  CAPTURE(once);
  CHECK(testing::what_is_wrong(once, kDepthMax) == "");
  CHECK(sanitize(once) == once);
  CHECK(utf8_length(once));
}

TEST_CASE("each vector becomes what its row says") {
  const Json rows = vectors();
  REQUIRE(rows.is_array());
  REQUIRE(rows.size() >= 280);
  for (const Json& row : rows) {
    CAPTURE(*json_text(row, "name"));
    const std::string& input = *json_text(row, "in");
    CHECK(sanitize(input) == *json_text(row, "out"));
    check_laws(input);
  }
}

TEST_CASE("each vector cut at every byte still becomes safe HTML that is its own sanitised form") {
  for (const Json& row : vectors()) {
    const std::string& input = *json_text(row, "in");
    for (std::size_t length = 0; length < input.size(); ++length) check_laws(std::string_view(input).substr(0, length));
  }
}

TEST_CASE("whatever tags, text and rubbish follow each other, the output is a tree of the promised shape") {
  const std::vector<std::string> words{
      "<p>",     "</p>",   "<h1>",   "</h3>",     "<pre>\n", "</pre>",  "<div>",      "</div>",      "<ul>",   "</ul>",  "<ol start=2>", "<li>",          "</li>",
      "<table>", "</table>", "<tr>", "</tr>",     "<td>",    "</td>",   "<th>",       "<caption>",   "</caption>", "<thead>", "<tbody>", "<tfoot>",      "<b>",
      "</b>",    "<i>",    "</i>",   "<a href=/x>", "</a>",  "<a>",     "<span>",     "</span>",     "<sub>",  "</sub>", "<br>",         "<img src=x>",   "<hr>",
      "<figure>", "</figure>", "<figcaption>", "<blockquote>", "</blockquote>", "<svg>", "</svg>", "<style>", "</style>", "<script>", "</script>", "<template>",
      "</template>", "<select>", "</select>", "<!--", "-->", "<![CDATA[", "<", "</", ">", "\"", "'", "=", " ", "\n", "x", "&lt;", "&#60;", "&", "\x01", "\xff", "ก",
      "<math>", "<mtext>", "</math>", "<b title='", "<img alt=\"", "<noscript>", "<form>", "</form>", "<code>", "</code>", "\r\n", "</body>", "<nobr>"};
  for (std::uint64_t seed = 0; seed < 4000; ++seed) {
    freshet::testing::SeededRandom random(seed);
    std::string input;
    for (std::uint64_t count = random.below(40); count > 0; --count) input += words[random.below(words.size())];
    CAPTURE(seed);
    check_laws(input);
  }
}

TEST_CASE("nesting is bounded and what lies deeper keeps its text") {
  for (const char* tag : {"<div>", "<b>", "<span>", "<blockquote>", "<ul>", "<ul><li>", "<table><td>", "<sub>", "<a href=/x>", "<figure>", "<table>", "<ol><li><table><td><p><b>"}) {
    CAPTURE(tag);
    std::string input;
    for (int i = 0; i < 1000; ++i) input += tag;
    input += "deep";
    check_laws(input);
    CHECK(sanitize(input).find("deep") != std::string::npos);
  }
}

TEST_CASE("time and output stay linear for inputs made to be slow") {
  // Each of these is quadratic in a reader that looks back or ahead without bound; 2 MiB of it would then take minutes.
  for (const char* piece : {"<", "</", "<a ", "<!--", "<!-- -", "&", "&#", "&a", "<b>", "</b>", "<p><b>", "<table>", "<script>", "</script", "<svg>", "<a href=\"", "<x y", "a='", "--", "<style></styl"}) {
    CAPTURE(piece);
    std::string input;
    while (input.size() < (2u << 20)) input += piece;
    CHECK(sanitize(input).size() <= input.size() * 12 + 4096);
  }
}

TEST_CASE("bytes that are no UTF-8 become the replacement character") {
  CHECK(sanitize("a\xff" "b") == "a\xEF\xBF\xBD" "b");
  CHECK(sanitize("\xE0\xB8") == "\xEF\xBF\xBD\xEF\xBF\xBD");
  CHECK(sanitize("<a href=\"/\xC0\xAE\">x</a>") == "<a href=\"/\xEF\xBF\xBD\xEF\xBF\xBD\" rel=\"noopener nofollow\">x</a>");
}

TEST_CASE("an article as an editor writes it stays as it is") {
  const std::string article =
      "<h2>หัวข้อ</h2>\n<p>One <strong>two</strong> <em>three</em><br>four &amp; five.</p>\n<ul>\n<li>a</li>\n<li>b<ol start=\"3\"><li>c</li></ol></li>\n</ul>\n"
      "<blockquote><p>q</p></blockquote>\n<pre><code>int x;\n  y();</code></pre>\n<figure><img src=\"/a.png\" alt=\"A\" width=\"10\" height=\"20\"><figcaption>c</figcaption></figure>\n"
      "<table><caption>t</caption><thead><tr><th scope=\"col\">h</th></tr></thead><tbody><tr><td colspan=\"2\">d</td></tr></tbody></table>\n<hr>\n"
      "<p>H<sub>2</sub>O x<sup>2</sup> <u>u</u> <s>s</s> <a href=\"https://example.org/?a=1&amp;b=2\" rel=\"noopener nofollow\">link</a></p>";
  CHECK(sanitize(article) == article);
}

TEST_CASE("plain text is what a reader sees, on one line") {
  struct Row {
    const char* html;
    const char* text;
  };
  const Row rows[] = {
      {"", ""},
      {"<p>One</p><p>two</p>", "One two"},
      {"  a \n\t b  ", "a b"},
      {"a<br>b<hr>c", "a b c"},
      {"un<b>broken</b> word<span>s</span>", "unbroken words"},
      {"<ul><li>a</li><li>b</li></ul>c", "a b c"},
      {"<table><tr><td>a<td>b</table>", "a b"},
      {"x<script>alert(1)</script>y<style>z</style>", "xy"},
      {"<svg><text>no</text></svg>yes", "yes"},
      {"&lt;b&gt; &amp; &copy;", "<b> & ©"},
      {"<!-- no -->yes", "yes"},
      {"สวัสดี<b>ชาว</b>โลก", "สวัสดีชาวโลก"},
      {"<h1>A</h1>b", "A b"},
      {"a<unknown>b", "ab"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.html);
    CHECK(plain_text(row.html) == row.text);
  }
}

}  // namespace
}  // namespace freshet::html
