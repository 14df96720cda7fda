#include "shared/result.hpp"

#include <doctest/doctest.h>

#include <set>
#include <string>

namespace freshet {
namespace {

Result<int> half(int n) {
  if (n % 2 != 0) return Error{Errc::kInvalidArgument, "odd"};
  return n / 2;
}
Result<int> quarter(int n) {
  FRESHET_TRY(once, half(n));
  FRESHET_TRY(twice, half(once));
  return twice;
}

TEST_CASE("every error code stands at its own place in the table, with statuses and names that fit") {
  std::set<std::string> names;
  for (std::size_t i = 0; i < kErrcTable.size(); ++i) {
    CAPTURE(kErrcTable[i].name);
    CHECK(static_cast<std::size_t>(kErrcTable[i].code) == i);
    CHECK(kErrcTable[i].http_status >= 400);
    CHECK(kErrcTable[i].http_status < 600);
    CHECK(kErrcTable[i].close_code >= 1002);
    CHECK(names.insert(kErrcTable[i].name).second);
  }
  CHECK(kErrcTable.back().code == Errc::kUnavailable);
}

TEST_CASE("only what passes by itself is worth a retry") {
  CHECK(info(Errc::kUnavailable).retry == Retry::kLater);
  CHECK(info(Errc::kTooManyRequests).retry == Retry::kLater);
  CHECK(info(Errc::kInvalidArgument).retry == Retry::kNever);
  CHECK(info(Errc::kConflict).http_status == 412);
  CHECK(info(Errc::kNameTaken).http_status == 409);
}

TEST_CASE("an error passes through FRESHET_TRY and a value comes out") {
  CHECK(quarter(8).value() == 2);
  CHECK(quarter(6).error().detail == "odd");
  CHECK_FALSE(quarter(7).ok());
}

TEST_CASE("a void result is ok unless an error was given") {
  Result<void> fine;
  Result<void> bad = Error{Errc::kForbidden, "no"};
  CHECK(fine.ok());
  CHECK_FALSE(bad.ok());
  CHECK(bad.error().code == Errc::kForbidden);
}

}  // namespace
}  // namespace freshet
