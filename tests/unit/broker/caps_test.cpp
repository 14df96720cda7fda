#include "broker/server/caps.hpp"

#include <doctest/doctest.h>

#include <thread>
#include <vector>

using namespace freshet::broker;

TEST_CASE("a key has so many places and no more, until one is given back") {
  Caps caps(2);
  auto first = caps.take("a");
  auto second = caps.take("a");
  REQUIRE(first.has_value());
  REQUIRE(second.has_value());
  CHECK_FALSE(caps.take("a").has_value());
  CHECK(caps.take("b").has_value());
  first.reset();
  CHECK(caps.take("a").has_value());
}

TEST_CASE("a place that was moved is given back once") {
  Caps caps(1);
  {
    Caps::Place kept;
    kept = std::move(*caps.take("a"));
    const Caps::Place moved(std::move(kept));
    CHECK_FALSE(caps.take("a").has_value());
  }
  CHECK(caps.keys_now() == 0);
}

TEST_CASE("without a cap nothing is counted") {
  Caps caps(0);
  std::vector<Caps::Place> places;
  for (int i = 0; i < 1000; ++i) places.push_back(std::move(*caps.take("a")));
  CHECK(caps.keys_now() == 0);
}

TEST_CASE("places are exact when many threads take and give them back") {
  Caps caps(3);
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int round = 0; round < 5000; ++round) static_cast<void>(caps.take(round % 2 == 0 ? "a" : "b"));
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(caps.keys_now() == 0);
}
