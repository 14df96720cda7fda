#include "shared/projection/tokenizer.hpp"

#include <doctest/doctest.h>

#include <vector>

using namespace freshet;

namespace {

std::string tokens(std::string_view text, TokenUse use) {
  std::string out;
  tokenize(text, use, [&out](std::string_view token, TokenPlace place) {
    if (!out.empty()) out += place == TokenPlace::kSame ? "+" : " ";
    out.append(token);
    return true;
  });
  return out;
}

}  // namespace

TEST_CASE("text is cut into words where there are spaces and into pairs where there are none") {
  struct Row {
    std::string_view text;
    std::string_view indexed;
    std::string_view asked;
  };
  const std::vector<Row> rows{
      {"", "", ""},
      {" ,.- \xF0\x9F\x98\x80 ", "", ""},
      {"Fresh  Water-Works 2026", "fresh water works 2026", "fresh water works 2026"},
      {"Crème Brûlée, ÅNGSTRÖM", "creme brulee angstrom", "creme brulee angstrom"},
      {"straße STRASSE", "strasse strasse", "strasse strasse"},
      {"Ελλάδα Москва", "ελλαδα москва", "ελλαδα москва"},
      {"กขค", "กข ขค+ค", "กข ขค"},
      {"ก", "ก", "ก"},
      {"กข abc", "กข+ข abc", "กข abc"},
      {"iPhoneกข", "iphone กข+ข", "iphone กข"},
      {"日本語", "日本 本語+語", "日本 本語"},
      {"ﾊﾛｰ", "ハロ ロー+ー", "ハロ ロー"},
      {"๏ ฿ ๚ ๛", "", ""},
      {"๕ๆ", "๕ๆ+ๆ", "๕ๆ"},
      {"bad \xff utf-8", "", ""},
  };
  for (const auto& row : rows) {
    CAPTURE(row.text);
    CHECK(tokens(row.text, TokenUse::kIndex) == row.indexed);
    CHECK(tokens(row.text, TokenUse::kQuery) == row.asked);
  }
}

TEST_CASE("the short cut for ASCII and Thai folds as the general way does") {
  // An accented word beside it takes the general way.
  for (const std::string_view thai : {"น้ำแข็ง", "กำลัง", "ผู้ใหญ่", "ปฏิบัติ", "ที่นี่ 123 ABC"}) {
    CAPTURE(thai);
    const std::string quick = tokens(thai, TokenUse::kIndex);
    CHECK(tokens(std::string(thai) + " é", TokenUse::kIndex) == quick + " e");
  }
  // A vowel below behind a tone mark: typed in the other order it is the same text.
  CHECK(tokens("ผ\u0E49\u0E39", TokenUse::kIndex) == tokens("ผ\u0E39\u0E49", TokenUse::kIndex));
}

TEST_CASE("a word keeps its first 64 bytes") {
  CHECK(tokens(std::string(64, 'a') + "b", TokenUse::kIndex) == std::string(64, 'a'));
  CHECK(tokens(std::string(63, 'a') + "д", TokenUse::kIndex) == std::string(63, 'a'));
}

TEST_CASE("what a reader typed becomes phrases, whatever it holds") {
  struct Row {
    std::string_view typed;
    std::string_view expression;
  };
  const std::vector<Row> rows{
      {"", ""},
      {" \t ", ""},
      {"!!! ...", ""},
      {"water", "\"water\"*"},
      {"fresh water", "\"fresh\"* AND \"water\"*"},
      {"fresh !!! water", "\"fresh\"* AND \"water\"*"},
      {"a\"b OR c*", "\"a\"\"b\"* AND \"OR\"* AND \"c*\"*"},
      {"วิชาการ", "\"วิชาการ\"*"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.typed);
    CHECK(search_expression(row.typed) == row.expression);
  }
}

TEST_CASE("tags are left out of what search reads") {
  CHECK(plain_text("<p>one</p><p>two</p>") == " one  two ");
  CHECK(plain_text("w<b>or</b>d <a href=\"/x\">li</a>nk") == "word link");
  CHECK(plain_text("a<br>b") == "a b");
  CHECK(plain_text("R&amp;D &lt;3 &nope; 5 & 6") == "R&D <3 &nope; 5 & 6");
  CHECK(plain_text("cut <p") == "cut  ");
}
