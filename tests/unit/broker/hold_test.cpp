#include "broker/log/hold.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace freshet;
using namespace freshet::broker;
using std::chrono::milliseconds;

namespace {

LogEventPtr event_at(std::uint64_t sequence) {
  LogEvent event;
  event.sequence = StreamSequence{sequence};
  return std::make_shared<const LogEvent>(std::move(event));
}

void add(Hold& hold, std::uint64_t sequence, SteadyTime now) { hold.add(StreamSequence{sequence}, event_at(sequence), now); }

std::string released(Hold& hold, SteadyTime now) {
  std::string out;
  for (const auto& event : hold.release(now).events) out += std::to_string(event->sequence.value) + " ";
  return out;
}

const SteadyTime kStart{std::chrono::seconds(100)};

}  // namespace

TEST_CASE("nothing is held while no store is heard") {
  Hold hold;
  add(hold, 5, kStart);
  CHECK(released(hold, kStart) == "5 ");
}

TEST_CASE("an event waits for the slowest store that is heard") {
  Hold hold;
  hold.note_applied("a", StreamSequence{4}, kStart);
  hold.note_applied("b", StreamSequence{6}, kStart);
  add(hold, 5, kStart);
  add(hold, 6, kStart);
  add(hold, 7, kStart);
  CHECK(released(hold, kStart) == "");
  hold.note_applied("a", StreamSequence{5}, kStart);
  CHECK(released(hold, kStart) == "5 ");
  hold.note_applied("a", StreamSequence{9}, kStart);
  CHECK(released(hold, kStart) == "6 ");
}

TEST_CASE("an event waits no longer than a tenth of a second") {
  Hold hold;
  hold.note_applied("a", StreamSequence{0}, kStart);
  add(hold, 5, kStart);
  CHECK(hold.next_deadline() == kStart + milliseconds(100));
  CHECK(released(hold, kStart + milliseconds(99)) == "");
  CHECK(released(hold, kStart + milliseconds(100)) == "5 ");
  CHECK_FALSE(hold.next_deadline().has_value());
}

TEST_CASE("a store that was not heard for over a second is not waited for") {
  Hold hold;
  hold.note_applied("dead", StreamSequence{0}, kStart);
  const SteadyTime later = kStart + milliseconds(1001);
  add(hold, 5, later);
  CHECK(released(hold, later) == "5 ");
}

TEST_CASE("an event without a route waits for no store, but stays in its place") {
  Hold hold;
  hold.note_applied("a", StreamSequence{3}, kStart);
  hold.add(StreamSequence{4}, nullptr, kStart);
  CHECK(hold.release(kStart).tail == StreamSequence{4});
  add(hold, 5, kStart);
  hold.add(StreamSequence{6}, nullptr, kStart);
  CHECK_FALSE(hold.release(kStart).tail.has_value());
  hold.note_applied("a", StreamSequence{5}, kStart);
  CHECK(hold.release(kStart).tail == StreamSequence{6});
}

TEST_CASE("a held event's waiting is counted") {
  Hold hold;
  hold.note_applied("a", StreamSequence{0}, kStart);
  add(hold, 1, kStart);
  hold.note_applied("a", StreamSequence{1}, kStart + milliseconds(30));
  CHECK(hold.release(kStart + milliseconds(30)).waited == milliseconds(30));
}

TEST_CASE("stores beyond the bound are not remembered") {
  Hold hold;
  for (int i = 0; i < 64; ++i) hold.note_applied("store" + std::to_string(i), StreamSequence{9}, kStart);
  hold.note_applied("one too many", StreamSequence{0}, kStart);
  add(hold, 5, kStart);
  CHECK(released(hold, kStart) == "5 ");
}
