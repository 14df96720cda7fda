#include "shared/position.hpp"

#include <doctest/doctest.h>

#include <string>

#include "shared/id.hpp"
#include "tests/support/manual_clock.hpp"

namespace freshet {
namespace {

TEST_CASE("a position reads back as it was written") {
  const auto text = format_position("ab12cd34", StreamSequence{18446744073709551615ULL});
  CHECK(text == "ab12cd34-18446744073709551615");
  const auto position = parse_position(text);
  REQUIRE(position.ok());
  CHECK(position->epoch == "ab12cd34");
  CHECK(position->sequence.value == 18446744073709551615ULL);
}

TEST_CASE("a position that could not have come from us is refused") {
  for (const std::string_view bad : {"", "-", "ab12cd34", "ab12cd34-", "ab12cd3-1", "AB12CD34-1", "ab12cd345-1", "ab12cd34-01", "ab12cd34--1", "ab12cd34-1x",
                                     "ab12cd34-18446744073709551616", "ab12cd34- 1", " ab12cd34-1", "ab12cd34-1\n", "กข12cd34-1"}) {
    CAPTURE(bad);
    CHECK_FALSE(parse_position(bad).ok());
  }
}

TEST_CASE("an entity tag reads back, with and without what it borrows") {
  for (const std::uint64_t related : {0ULL, 77ULL}) {
    const EntityTag tag{"ab12cd34", StreamSequence{42}, StreamSequence{related}, "th"};
    const auto text = format_etag(tag);
    CAPTURE(text);
    CHECK(parse_etag(text) == tag);
    CHECK(parse_etag("W/" + text) == tag);
  }
  for (const std::string_view bad : {"", "\"", "\"\"", "ab12cd34-1-1-en", "\"ab12cd34-1-1\"", "\"ab12cd34-x-1-en\"", "\"ab12cd34-1-1.x-en\"", "*"}) {
    CAPTURE(bad);
    CHECK_FALSE(parse_etag(bad).has_value());
  }
}

TEST_CASE("If-None-Match compares weakly and knows lists and the star") {
  const std::string_view etag = "\"ab12cd34-1-1-en\"";
  CHECK(if_none_match_matches("\"ab12cd34-1-1-en\"", etag));
  CHECK(if_none_match_matches("W/\"ab12cd34-1-1-en\"", etag));
  CHECK(if_none_match_matches("\"x\", \"ab12cd34-1-1-en\" , \"y\"", etag));
  CHECK(if_none_match_matches(" * ", etag));
  CHECK_FALSE(if_none_match_matches("", etag));
  CHECK_FALSE(if_none_match_matches("\"ab12cd34-1-1-th\"", etag));
  CHECK_FALSE(if_none_match_matches("\"x\",", etag));
}

TEST_CASE("ids sort by their time and are never slugs") {
  freshet::testing::SeededRandom random(1);
  const auto early = make_id(WallTime(std::chrono::milliseconds(1'700'000'000'000)), random);
  const auto late = make_id(WallTime(std::chrono::milliseconds(1'700'000'000'001)), random);
  CHECK(early < late);
  CHECK(early.substr(0, 10) == "01HF7YAT00");
  CHECK(is_id(early));
  for (const std::string_view bad : {"", "01hf7yat0000000000000000aa", "81HF7YAT00AAAAAAAAAAAAAAAA", "01HF7YAT00AAAAAAAAAAAAAAA", "01HF7YAT00AAAAAAAAAAAAAAAI"}) {
    CAPTURE(bad);
    CHECK_FALSE(is_id(bad));
  }
}

}  // namespace
}  // namespace freshet
