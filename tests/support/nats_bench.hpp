// NatsBench: a client, its server and the world around them, all in the test's hand.
#pragma once

#include "shared/nats/client.hpp"
#include "tests/support/fake_nats.hpp"
#include "tests/support/manual_clock.hpp"

namespace freshet::testing {

struct NatsBench {
  explicit NatsBench(unsigned seed, nats::ClientOptions options = {}) : random{seed}, client(server, clock, random, std::move(options)) {}

  ManualClock clock;
  SeededRandom random;
  FakeNats server{clock};
  nats::Client client;
};

}  // namespace freshet::testing
