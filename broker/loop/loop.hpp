// Loop: one thread's turn after turn: what is ready, what other threads sent, what is due, and then what was put off to the end.
//
// Order     in each turn: on_ready() of each ready descriptor, on_wake() if another thread signalled, timers, on_turn_end()
// Threads   everything belongs to the thread in run(), except wake().signal()
#pragma once

#include "broker/loop/poller.hpp"
#include "broker/loop/timers.hpp"
#include "broker/loop/wake.hpp"
#include "shared/clock.hpp"

namespace freshet::broker {

class LoopClient {
 public:
  virtual ~LoopClient() = default;
  virtual void on_ready(const Ready& ready) = 0;
  virtual void on_wake() = 0;
  virtual void on_turn_end() = 0;
};

class Loop {
 public:
  static constexpr std::uint64_t kWakeToken = ~0ull;  // no client may use it

  Loop(const Clock& clock, Poller& poller);
  [[nodiscard]] Wake& wake() { return wake_; }
  [[nodiscard]] Poller& poller() { return poller_; }
  [[nodiscard]] Timers& timers() { return timers_; }
  [[nodiscard]] const Clock& clock() const { return clock_; }
  [[nodiscard]] SteadyTime now() const { return now_; }  // as of the beginning of this turn
  // How late the last due timer ran: what everything on this loop waits because of everything else on it.
  [[nodiscard]] std::chrono::nanoseconds lag() const { return lag_; }

  void run(LoopClient& client);  // until stop() is called inside it
  void turn(LoopClient& client);
  void stop() { stopping_ = true; }

 private:
  [[nodiscard]] std::chrono::milliseconds patience() const;

  const Clock& clock_;
  Poller& poller_;
  Wake wake_;
  Timers timers_;
  SteadyTime now_;
  std::chrono::nanoseconds lag_{0};
  bool stopping_ = false;
};

}  // namespace freshet::broker
