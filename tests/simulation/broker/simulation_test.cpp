// Each seed is a world of its own. A failure prints its seed; FRESHET_SEED=<n> runs that one alone, FRESHET_SEEDS=<n> so many.
#include <doctest/doctest.h>

#include <cstdlib>
#include <string>

#include "tests/simulation/broker/world.hpp"

using namespace freshet::simulation;

namespace {

constexpr int kSteps = 400;
constexpr std::uint64_t kSeeds = 60;

std::uint64_t number_from(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

bool enough_seeds() { return std::getenv("FRESHET_SEED") == nullptr && number_from("FRESHET_SEEDS", kSeeds) >= kSeeds; }

void add(Tally& sum, const Tally& one) {
  sum.events_seen += one.events_seen;
  sum.events_seen_on_sockets += one.events_seen_on_sockets;
  sum.sockets_closed += one.sockets_closed;
  sum.resumes_from_ring += one.resumes_from_ring;
  sum.resumes_from_log += one.resumes_from_log;
  sum.resets += one.resets;
  sum.slow_consumers += one.slow_consumers;
  sum.stalled += one.stalled;
  sum.repairs += one.repairs;
  sum.held += one.held;
}

Tally run_seeds(Disasters disasters, std::uint64_t first, std::uint64_t count) {
  Tally sum;
  if (std::getenv("FRESHET_SEED") != nullptr) {
    first = number_from("FRESHET_SEED", first);
    count = 1;
  }
  for (std::uint64_t seed = first; seed < first + count; ++seed) {
    World world(seed, disasters);
    world.run(kSteps);
    world.settle();
    if (!world.broken().empty()) FAIL_CHECK("FRESHET_SEED=", seed, ": ", world.broken());
    add(sum, world.tally());
  }
  return sum;
}

}  // namespace

TEST_CASE("whatever is dropped, delayed, cut or killed, no client misses an event or sees one twice") {
  const Tally sum = run_seeds(Disasters::kNone, 1, number_from("FRESHET_SEEDS", kSeeds));
  MESSAGE("events ", sum.events_seen, ", on sockets ", sum.events_seen_on_sockets, ", sockets closed ", sum.sockets_closed, ", resumes from the ring ", sum.resumes_from_ring, ", from the log ", sum.resumes_from_log,
          ", slow consumers ", sum.slow_consumers, ", stalled ", sum.stalled, ", repairs ", sum.repairs, ", held ", sum.held);
  if (!enough_seeds()) return;
  // The worlds must be wild enough to mean something.
  CHECK(sum.events_seen > 10'000);
  CHECK(sum.events_seen_on_sockets > 5'000);
  CHECK(sum.sockets_closed > 10);
  CHECK(sum.resumes_from_ring > 50);
  CHECK(sum.resumes_from_log > 100);
  CHECK(sum.slow_consumers + sum.stalled > 10);
  CHECK(sum.repairs > 100);
  CHECK(sum.held > 100);
  CHECK(sum.resets == 0);
}

TEST_CASE("after a new epoch, a purge or a restore a client goes on or is told by a reset, never neither") {
  const Tally sum = run_seeds(Disasters::kAllowed, 1'000'001, number_from("FRESHET_SEEDS", kSeeds));
  MESSAGE("events ", sum.events_seen, ", resets ", sum.resets, ", repairs ", sum.repairs);
  if (!enough_seeds()) return;
  CHECK(sum.events_seen > 10'000);
  CHECK(sum.resets > 100);
}
