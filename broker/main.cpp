// freshet-broker: wiring. Reads the settings, makes the log loop and one connection loop a core, waits for a signal, drains.
#include <signal.h>

#include <algorithm>
#include <deque>
#include <memory>
#include <thread>
#include <vector>

#include "broker/server/admission.hpp"
#include "broker/server/authenticator.hpp"
#include "broker/server/listener.hpp"
#include "broker/server/log_loop.hpp"
#include "broker/server/server.hpp"
#include "shared/random.hpp"

namespace {

using namespace freshet;
using namespace freshet::broker;

constexpr std::size_t kSpareDescriptors = 128;  // listeners, epoll, NATS, and room to say no

sigset_t block_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  signal(SIGPIPE, SIG_IGN);
  return signals;
}

int fail(const Log& log, const Error& error) {
  log.error(error.detail);
  return 1;
}

std::unique_ptr<Sender> make_sender(const Settings& settings, const Log& log) {
  if (!settings.io_uring) return make_plain_sender();
  auto uring = make_uring_sender();
  if (uring.ok()) return std::move(*uring);
  log.info("sending without io_uring", {{"reason", uring.error().detail}});
  return make_plain_sender();
}

int run(const Settings& settings, const Clock& clock, const Log& log) {
  const sigset_t signals = block_signals();
  const std::uint32_t loops = settings.loops > 0 ? settings.loops : std::max(1u, std::thread::hardware_concurrency());
  const std::size_t connections_max = (raise_descriptor_limit() - kSpareDescriptors) / loops;
  SystemRandom random;
  Status status(clock);
  Caps per_ip(settings.connections_per_ip_max);
  Caps per_user(settings.connections_per_user_max);
  auto verifier = Authenticator::make_verifier(settings);
  if (!verifier.ok()) return fail(log, verifier.error());
  Standing standing(clock);
  Authenticator authenticator(std::move(*verifier), standing, clock);
  Admission admission(settings, per_ip, per_user, authenticator);

  auto log_poller = make_epoll_poller();
  if (!log_poller.ok()) return fail(log, log_poller.error());
  Loop log_side(clock, **log_poller);
  const Compressed compressed{settings.sse_compression, settings.websocket_compression == websocket::Compression::kOn};
  LogLoop log_loop(log_side, {settings.nats_url, random_token(random, 22), settings.place, settings.ring.events_max, compressed}, standing, status, log);

  const ServerShared shared{settings, log, admission, status, connections_max, connections_max - connections_max / 50};
  std::deque<Loop> sides;
  std::vector<std::unique_ptr<Poller>> pollers;
  std::vector<std::unique_ptr<Sender>> senders;
  std::deque<Server> servers;
  for (std::uint32_t number = 0; number < loops; ++number) {
    auto poller = make_epoll_poller();
    if (!poller.ok()) return fail(log, poller.error());
    auto listener = listen_on(settings.address, settings.port);
    if (!listener.ok()) return fail(log, listener.error());
    pollers.push_back(std::move(*poller));
    senders.push_back(make_sender(settings, log));
    Loop& loop = sides.emplace_back(clock, *pollers.back());
    log_loop.add_server(servers.emplace_back(shared, loop, *senders.back(), std::move(*listener), number, log_loop, status.add_loop()));
  }

  std::vector<std::thread> threads;
  for (std::uint32_t number = 0; number < loops; ++number) {
    threads.emplace_back([&, number] { sides[number].run(servers[number]); });
  }
  std::thread log_thread([&] { log_loop.run(); });
  log.info("listening", {{"address", settings.address}, {"port", std::to_string(settings.port)}, {"loops", std::to_string(loops)}});

  int signal_number = 0;
  sigwait(&signals, &signal_number);
  log.info("draining");
  status.start_draining();
  for (Server& server : servers) static_cast<void>(server.post(Drain{}, 0));
  for (std::thread& thread : threads) thread.join();
  log_loop.stop();
  log_thread.join();
  log.info("stopped");
  return 0;
}

}  // namespace

int main() {
  const SystemClock clock;
  const auto settings = read_settings(process_environment);
  if (!settings.ok()) return fail(Log(clock, LogLevel::kInfo), settings.error());
  return run(*settings, clock, Log(clock, settings->log_level));
}
