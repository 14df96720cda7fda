#include "broker/loop/loop.hpp"

#include <doctest/doctest.h>
#include <sys/socket.h>

#include <array>
#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "broker/loop/mailbox.hpp"
#include "tests/support/manual_clock.hpp"

using namespace freshet;
using namespace freshet::broker;
using std::chrono::milliseconds;

namespace {

struct Recorder final : LoopClient {
  std::string log;
  void on_ready(const Ready& ready) override { log += "ready" + std::to_string(ready.token) + (ready.closed ? "closed " : " "); }
  void on_wake() override { log += "wake "; }
  void on_turn_end() override { log += "end "; }
};

}  // namespace

TEST_CASE("timers run in order of time, equal ones in the order they were set, cancelled ones not at all") {
  Timers timers;
  std::string log;
  const SteadyTime start{};
  timers.at(start + milliseconds(2), [&] { log += "c"; });
  timers.at(start + milliseconds(1), [&] { log += "a"; });
  timers.at(start + milliseconds(1), [&] { log += "b"; });
  const auto cancelled = timers.at(start + milliseconds(1), [&] { log += "x"; });
  timers.cancel(cancelled);
  timers.cancel(cancelled);
  CHECK(timers.next() == start + milliseconds(1));
  timers.run(start + milliseconds(1));
  CHECK(log == "ab");
  timers.run(start + milliseconds(2));
  CHECK(log == "abc");
  CHECK_FALSE(timers.next().has_value());
}

TEST_CASE("a timer may cancel another and set the next while it runs") {
  Timers timers;
  std::string log;
  const SteadyTime start{};
  Timers::Id other;
  timers.at(start, [&] {
    timers.cancel(other);
    timers.at(start + milliseconds(5), [&] { log += "later"; });
  });
  other = timers.at(start, [&] { log += "cancelled"; });
  timers.run(start);
  CHECK(log == "");
  timers.run(start + milliseconds(5));
  CHECK(log == "later");
}

TEST_CASE("a turn serves what is ready, then the mailbox, then timers, then its end") {
  testing::ManualClock clock;
  auto poller = make_epoll_poller();
  REQUIRE(poller.ok());
  Loop loop(clock, **poller);
  Recorder client;
  std::array<int, 2> pair{};
  REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM, 0, pair.data()) == 0);
  Descriptor a(pair[0]);
  Descriptor b(pair[1]);
  REQUIRE(loop.poller().add(a.get(), 7, Interest::kRead).ok());
  REQUIRE(::send(b.get(), "x", 1, 0) == 1);
  loop.wake().signal();
  loop.wake().signal();
  loop.timers().at(clock.steady(), [&] { client.log += "timer "; });
  loop.turn(client);
  CHECK(client.log == "ready7 wake timer end ");
  b.reset();
  client.log.clear();
  loop.turn(client);
  CHECK(client.log == "ready7closed end ");
}

TEST_CASE("a mailbox is taken whole and keeps its limit") {
  Wake wake;
  Mailbox<int> mailbox(wake, 10);
  std::vector<int> taken;
  CHECK(mailbox.post(1, 50) == Posted::kYes);  // alone, so that it can pass at all
  CHECK(mailbox.post(2, 1) == Posted::kFull);
  CHECK(mailbox.post(3, 0) == Posted::kYes);
  mailbox.take(taken);
  CHECK(taken == std::vector<int>{1, 3});
  taken.clear();
  CHECK(mailbox.post(4, 6) == Posted::kYes);
  CHECK(mailbox.post(5, 5) == Posted::kFull);
  CHECK(mailbox.post(6, 4) == Posted::kYes);
  mailbox.take(taken);
  CHECK(taken == std::vector<int>{4, 6});
}

TEST_CASE("what many threads post arrives once each and in each one's order") {
  constexpr int kThreads = 4;
  constexpr int kEach = 5000;
  const SystemClock clock;
  auto poller = make_epoll_poller();
  REQUIRE(poller.ok());
  Loop loop(clock, **poller);
  Mailbox<std::pair<int, int>> mailbox(loop.wake(), 64 << 10);
  struct Client final : LoopClient {
    Mailbox<std::pair<int, int>>* mailbox = nullptr;
    Loop* loop = nullptr;
    std::array<int, kThreads> next{};
    std::vector<std::pair<int, int>> items;
    int total = 0;
    int out_of_order = 0;
    void on_ready(const Ready&) override {}
    void on_wake() override {
      mailbox->take(items);
      for (const auto& [who, number] : items) {
        if (number != next[static_cast<std::size_t>(who)]++) ++out_of_order;
        if (++total == kThreads * kEach) loop->stop();
      }
      items.clear();
    }
    void on_turn_end() override {}
  } client;
  client.mailbox = &mailbox;
  client.loop = &loop;
  std::vector<std::thread> threads;
  for (int who = 0; who < kThreads; ++who) {
    threads.emplace_back([&, who] {
      for (int number = 0; number < kEach; ++number) {
        while (mailbox.post({who, number}, 16) == Posted::kFull) std::this_thread::yield();
      }
    });
  }
  loop.run(client);
  for (auto& thread : threads) thread.join();
  CHECK(client.total == kThreads * kEach);
  CHECK(client.out_of_order == 0);
}
