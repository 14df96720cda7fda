#include "shared/unicode.hpp"

#include <doctest/doctest.h>

#include <string>

namespace freshet {
namespace {

TEST_CASE("texts that NFKC and case folding make equal have one fold") {
  struct Row {
    std::string_view a;
    std::string_view b;
  };
  const Row rows[] = {{"Admin", "ADMIN"}, {"straße", "STRASSE"}, {"é", "e\u0301"}, {"Ａｄｍｉｎ", "admin"}, {"ﬁ", "FI"}, {"Ω", "\u2126"},
                      {"한", "\u1112\u1161\u11ab"}, {"ำ", "\u0e4d\u0e32"}, {"q\u0307\u0323", "q\u0323\u0307"}, {"ΌΣΟΣ", "όσος"}, {"①", "1"}};
  for (const auto& row : rows) {
    CAPTURE(row.a);
    CHECK(fold(row.a) == fold(row.b));
    CHECK(fold(fold(row.a)) == fold(row.a));
  }
  CHECK(fold("admin") != fold("admın"));
  CHECK(fold("ก") == "ก");
}

TEST_CASE("letters, marks and digits of every script are told from the rest") {
  CHECK(class_of(U'a') == CharacterClass::kLetter);
  CHECK(class_of(U'ก') == CharacterClass::kLetter);
  CHECK(class_of(U'้') == CharacterClass::kMark);
  CHECK(class_of(U'๙') == CharacterClass::kDigit);
  CHECK(class_of(U'한') == CharacterClass::kLetter);
  for (const char32_t other : {U' ', U'.', U'😀', U'\u200b', U'\ufeff', U'\u3000', U'<', char32_t{0x10ffff}}) CHECK(class_of(other) == CharacterClass::kOther);
}

}  // namespace
}  // namespace freshet
