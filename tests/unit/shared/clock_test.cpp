#include "shared/clock.hpp"

#include <doctest/doctest.h>

namespace freshet {
namespace {

WallTime at_ms(std::int64_t ms) { return WallTime(std::chrono::milliseconds(ms)); }

TEST_CASE("a time is written in RFC 3339 with milliseconds") {
  CHECK(format_time(at_ms(0)) == "1970-01-01T00:00:00.000Z");
  CHECK(format_time(at_ms(951'782'399'999)) == "2000-02-28T23:59:59.999Z");
  CHECK(format_time(at_ms(951'782'400'000)) == "2000-02-29T00:00:00.000Z");
  CHECK(format_time(at_ms(253'402'300'799'999)) == "9999-12-31T23:59:59.999Z");
}

TEST_CASE("a time reads back whatever its fraction and offset") {
  CHECK(parse_time("2000-02-29T00:00:00Z") == at_ms(951'782'400'000));
  CHECK(parse_time("2000-02-29T00:00:00.5Z") == at_ms(951'782'400'500));
  CHECK(parse_time("2000-02-29T00:00:00.123456789Z") == at_ms(951'782'400'123));
  CHECK(parse_time("2000-02-29T07:00:00+07:00") == at_ms(951'782'400'000));
  CHECK(parse_time("2000-02-28T18:30:00-05:30") == at_ms(951'782'400'000));
  for (const std::string_view bad : {"", "2000", "2000-02-30T00:00:00Z", "2001-02-29T00:00:00Z", "2000-13-01T00:00:00Z", "2000-01-01 00:00:00Z", "2000-01-01T24:00:00Z",
                                     "2000-01-01T00:60:00Z", "2000-01-01T00:00:00", "2000-01-01T00:00:00.Z", "2000-01-01T00:00:00Zx", "1969-12-31T23:59:59Z", "2000-1-01T00:00:00Z"}) {
    CAPTURE(bad);
    CHECK_FALSE(parse_time(bad).has_value());
  }
}

}  // namespace
}  // namespace freshet
