#include "broker/streams/resume.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace freshet;
using namespace freshet::broker;

TEST_CASE("where a stream goes on follows from the position that it names") {
  using From = ResumePlan::From;
  Ring ring(RingLimits{});
  ring.restart(StreamSequence{10});
  ring.advance(StreamSequence{20});
  struct Row {
    std::string named;
    From from;
    std::uint64_t after;
    std::string_view reason;
  };
  for (const Row& row : std::vector<Row>{{"", From::kLive, 20, ""},
                                         {"abcdefgh-20", From::kRing, 20, ""},
                                         {"abcdefgh-10", From::kRing, 10, ""},
                                         {"abcdefgh-9", From::kLog, 9, ""},
                                         {"abcdefgh-0", From::kLog, 0, ""},
                                         {"abcdefgh-21", From::kLog, 21, ""},
                                         {"abcdefgi-15", From::kReset, 20, "other-epoch"},
                                         {"15", From::kReset, 20, "unreadable"},
                                         {"abcdefgh-", From::kReset, 20, "unreadable"},
                                         {"abcdefgh--1", From::kReset, 20, "unreadable"},
                                         {"abcdefgh-99999999999999999999", From::kReset, 20, "unreadable"},
                                         {"\xFF\xFE", From::kReset, 20, "unreadable"}}) {
    CAPTURE(row.named);
    const ResumePlan plan = decide_resume(row.named, "abcdefgh", ring);
    CHECK(plan.from == row.from);
    CHECK(plan.after.value == row.after);
    CHECK(plan.reason == row.reason);
  }
}
