// The store as a component: its folder is the one the host gives as /data.
#include <cstdio>
#include <cstdlib>

#include "functions/store/loop.hpp"
#include "wasm/host/clock.hpp"
#include "wasm/host/run.hpp"
#include "wasm/host/tcp.hpp"

freshet::host::Ended freshet::host::run() {
  const HostClock clock;
  SystemRandom random;
  const auto settings = store::read_settings([](const char* name) -> const char* { return std::getenv(name); }, "/data", random);
  if (!settings.ok()) {
    std::fprintf(stderr, "store: %s\n", settings.error().detail.c_str());
    return Ended::kBadly;
  }
  TcpTransport transport;
  store::run(transport, clock, random, *settings, [] { return true; });
  return Ended::kWell;
}
