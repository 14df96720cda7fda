#include "broker/loop/loop.hpp"

#include <algorithm>

namespace freshet::broker {

Loop::Loop(const Clock& clock, Poller& poller) : clock_(clock), poller_(poller), now_(clock.steady()) {
  FRESHET_CHECK(poller_.add(wake_.fd(), kWakeToken, Interest::kRead).ok());
}

std::chrono::milliseconds Loop::patience() const {
  const auto next = timers_.next();
  if (!next) return std::chrono::milliseconds(-1);
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(*next - clock_.steady());
  return std::max(left, std::chrono::milliseconds(0));
}

void Loop::turn(LoopClient& client) {
  const auto ready = poller_.wait(patience());
  now_ = clock_.steady();
  bool woken = false;
  for (const Ready& one : ready) {
    if (one.token == kWakeToken) {
      woken = true;
    } else {
      client.on_ready(one);
    }
  }
  if (woken) {
    wake_.drain();
    client.on_wake();
  }
  if (const auto next = timers_.next(); next && *next <= now_) {
    lag_ = now_ - *next;
    timers_.run(now_);
  }
  client.on_turn_end();
}

void Loop::run(LoopClient& client) {
  stopping_ = false;
  while (!stopping_) turn(client);
}

}  // namespace freshet::broker
