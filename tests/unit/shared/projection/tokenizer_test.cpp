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
      {"fresh !!! Water WATER", "\"fresh\"* AND \"water\"*"},
      {"a\"b OR c*",
       "\"a\" AND \"\x02"
       "b\" AND \"\x02"
       "or\" AND \"\x02"
       "c\""},
      {"new news", "\"\x02new\" AND \"news\"*"},
      {"e-mail", "\"e\" + \"mail\"*"},
      {"é été",
       "\"\x02"
       "e\" AND \"\x02"
       "ete\""},
      {"กข", "\"กข\""},
      {"ก", "\"\x02ก\""},
      {"วิชา", "\"วิ\" + \"ิช\" + \"ชา\""},
      {"วันที่ 1",
       "\"วั\" + \"ัน\" + \"นท\" + \"ที\" + \"ี่\" AND \"\x02"
       "1\""},
      {"\x02\x02", ""},
      {"1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17",
       "\"\x02"
       "1\" AND \"\x02"
       "2\" AND \"\x02"
       "3\" AND \"\x02"
       "4\" AND \"\x02"
       "5\" AND \"\x02"
       "6\" AND \"\x02"
       "7\" AND \"\x02"
       "8\" "
       "AND \"\x02"
       "9\" AND \"\x02"
       "10\" AND \"\x02"
       "11\" AND \"\x02"
       "12\" AND \"\x02"
       "13\" AND \"\x02"
       "14\" AND \"\x02"
       "15\" AND \"\x02"
       "16\""},
  };
  for (const auto& row : rows) {
    CAPTURE(row.typed);
    CHECK(search_expression(row.typed) == row.expression);
  }
}

TEST_CASE("a text's starts are told once each: up to three letters of a word, each letter of a script without spaces") {
  Starts starts;
  const auto of = [&starts](std::string_view token) {
    std::string out;
    starts.of(token, [&out](std::string_view start) {
      CHECK(start.front() == kStartMark);
      out.append(out.empty() ? "" : " ").append(start.substr(1));
    });
    return out;
  };
  CHECK(of("water") == "w wa wat");
  CHECK(of("warm") == "war");
  CHECK(of("water").empty());
  CHECK(of("ab") == "a ab");
  CHECK(of("a").empty());
  CHECK(of("ба") == "б ба");
  CHECK(of("กข") == "ก");
  CHECK(of("ขก") == "ข");
  CHECK(of("ก").empty());
  CHECK(of("日本") == "日");
  // Many: none is told twice and none is lost.
  std::size_t told = 0;
  for (int round = 0; round < 2; ++round) {
    for (char a = 'a'; a <= 'z'; ++a) {
      for (char b = 'a'; b <= 'z'; ++b) {
        for (char c = 'a'; c <= 'z'; ++c) starts.of(std::string{a, b, c}, [&told](std::string_view) { ++told; });
      }
    }
  }
  CHECK(told == 26 + 26 * 26 + 26 * 26 * 26 - 6);  // six were told above
}

TEST_CASE("tags are left out of what search reads") {
  CHECK(plain_text("<p>one</p><p>two</p>") == " one  two ");
  CHECK(plain_text("w<b>or</b>d <a href=\"/x\">li</a>nk") == "word link");
  CHECK(plain_text("a<br>b") == "a b");
  CHECK(plain_text("R&amp;D &lt;3 &nope; 5 & 6") == "R&D <3 &nope; 5 & 6");
  CHECK(plain_text("cut <p") == "cut  ");
}
