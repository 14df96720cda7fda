// Operations on Fanout and on Outbox, two bytes each, against models that cannot be wrong: a list of pairs, and a string.
#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <vector>

#include "broker/fanout/fanout.hpp"
#include "broker/fanout/outbox.hpp"
#include "shared/check.hpp"

using namespace freshet::broker;

namespace {

constexpr std::size_t kOutboxBytes = 64;

class Machine final : Delivery {
 public:
  void step(std::uint8_t operation, std::uint8_t value) {
    const SubscriberId subscriber = value % 16;
    const std::string channel(1, static_cast<char>('a' + value / 16));
    if (operation % 8 <= 1) {
      flush();
      fanout_.subscribe(subscriber, channel);
      auto& channels = follows_[subscriber];
      if (std::count(channels.begin(), channels.end(), channel) == 0) channels.push_back(channel);
    } else if (operation % 8 == 2) {
      fanout_.unsubscribe(subscriber);
      follows_.erase(subscriber);
    } else if (operation % 8 <= 5) {
      const std::string bytes = std::to_string(++number_) + ";";
      fanout_.publish(channel, make_frame(bytes));
      turn_.emplace_back(channel, bytes);
    } else if (operation % 8 == 6) {
      flush();
    } else {
      send(subscriber, operation / 8);
    }
  }

 private:
  void deliver(std::span<const SubscriberId> subscribers, const Batch& batch) override {
    for (const SubscriberId subscriber : subscribers) take(subscriber, batch);
  }

  void take(SubscriberId subscriber, const Batch& batch) {
    for (const Frame& frame : batch.frames) {
      delivered_[subscriber] += *frame;
      const bool fits = waiting_[subscriber].size() + frame->size() <= kOutboxBytes;
      FRESHET_CHECK((outboxes_[subscriber].push(frame, 0, kOutboxBytes) == PushOutcome::kQueued) == fits);
      if (fits) waiting_[subscriber] += *frame;
    }
  }

  void flush() {
    delivered_.clear();
    fanout_.flush(*this);
    std::map<SubscriberId, std::string> expected;
    for (const auto& [subscriber, channels] : follows_) {
      for (const auto& [channel, bytes] : turn_) {
        if (std::count(channels.begin(), channels.end(), channel) > 0) expected[subscriber] += bytes;
      }
    }
    FRESHET_CHECK(delivered_ == expected);
    turn_.clear();
  }

  void send(SubscriberId subscriber, std::size_t most) {
    Outbox& outbox = outboxes_[subscriber];
    std::array<iovec, Outbox::kPiecesMax> pieces;
    std::string bytes;
    for (std::size_t i = 0, count = outbox.gather(pieces); i < count; ++i) {
      bytes.append(static_cast<const char*>(pieces[i].iov_base), pieces[i].iov_len);
    }
    FRESHET_CHECK(bytes == waiting_[subscriber] && outbox.bytes_now() == bytes.size());
    const std::size_t sent = std::min(most, bytes.size());
    outbox.consume(sent);
    waiting_[subscriber].erase(0, sent);
  }

  Fanout fanout_;
  std::array<Outbox, 16> outboxes_;
  std::map<SubscriberId, std::vector<std::string>> follows_;
  std::map<SubscriberId, std::string> delivered_;
  std::map<SubscriberId, std::string> waiting_;
  std::vector<std::pair<std::string, std::string>> turn_;
  int number_ = 0;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Machine machine;
  for (std::size_t i = 0; i + 1 < size; i += 2) machine.step(data[i], data[i + 1]);
  machine.step(6, 0);
  return 0;
}
