// The store as a native program: FRESHET_DATA_DIR/store is its folder. SIGTERM and SIGINT end it.
#include <sys/stat.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>

#include "functions/store/loop.hpp"
#include "infra/cli/posix_transport.hpp"

namespace {

volatile std::sig_atomic_t g_stopping = 0;

}  // namespace

int main() {
  std::signal(SIGTERM, [](int) { g_stopping = 1; });
  std::signal(SIGINT, [](int) { g_stopping = 1; });
  std::signal(SIGPIPE, SIG_IGN);
  const char* data = std::getenv("FRESHET_DATA_DIR");
  const std::string folder = (data != nullptr ? std::string(data) : std::string("build/data")) + "/store";
  ::mkdir(folder.c_str(), 0777);
  const freshet::SystemClock clock;
  freshet::SystemRandom random;
  const auto settings = freshet::store::read_settings([](const char* name) -> const char* { return std::getenv(name); }, folder, random);
  if (!settings.ok()) {
    std::fprintf(stderr, "store: %s\n", settings.error().detail.c_str());
    return 2;
  }
  freshet::nats::PosixTransport transport(clock);
  freshet::store::run(transport, clock, random, *settings, [] { return g_stopping == 0; });
  return 0;
}
