// The broker in its world: the log side, two loops of streams, and the connections to its clients, each a pipe that takes only so much.
//
// Does      what the processes around the broker's own code do: carries what it says from mailbox to mailbox, late and in parts
// Checks    no byte goes to a connection that is closed
#pragma once

#include <algorithm>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "broker/log/jetstream_text.hpp"
#include "tests/simulation/broker/world.hpp"

namespace freshet::simulation {

inline constexpr std::size_t kPipeBytes = 4'000;

// One connection: what the broker has written and the client has not read.
struct Pipe {
  std::string bytes;
  bool used = false;
  bool watching = false;
  bool peer_gone = false;
};

struct World::Broker final : broker::NatsWire, broker::LoopPorts, broker::LogReader {
  struct Side final : broker::StreamWire {
    Side(Broker& owner, std::uint32_t number)
        : broker(owner), streams(settings(number), owner.world.clock_, *this, owner, counters), next_tick(owner.world.clock_.steady()) {}

    static broker::StreamSettings settings(std::uint32_t number) {
      broker::StreamSettings out;
      out.loop = number;
      out.outbox_bytes_max = kOutboxBytes;
      out.ring = {kRingBytes, kRingEvents, std::chrono::seconds(20)};
      out.catching_up_max = 2;
      return out;
    }

    std::optional<std::size_t> send(broker::StreamId id, std::span<const iovec> pieces) override {
      Pipe& pipe = pipes[id];
      broker.world.check(pipe.used, "bytes for a connection that is closed");
      if (pipe.peer_gone && broker.world.chance(50)) return std::nullopt;
      std::size_t sent = 0;
      for (const iovec& piece : pieces) {
        const std::size_t room = std::min(piece.iov_len, kPipeBytes - std::min(kPipeBytes, pipe.bytes.size()));
        pipe.bytes.append(static_cast<const char*>(piece.iov_base), room);
        sent += room;
        if (room < piece.iov_len) break;
      }
      return sent;
    }
    void watch_writable(broker::StreamId id, bool wanted) override { pipes[id].watching = wanted; }
    void close(broker::StreamId id, broker::Ending ending) override {
      if (ending == broker::Ending::kAborted) pipes[id].bytes.resize(broker.world.random_.below(pipes[id].bytes.size() + 1));
      broker.world.on_closed(number(), id, std::move(pipes[id].bytes));
      pipes[id] = Pipe{};
    }
    [[nodiscard]] std::uint32_t number() const { return static_cast<std::uint32_t>(this == broker.sides[1].get() ? 1 : 0); }

    void turn() {
      World& world = broker.world;
      for (broker::StreamId id = 0; id < pipes.size(); ++id) {
        if (pipes[id].used && pipes[id].peer_gone && world.chance(30)) streams.on_peer_closed(id);
        if (pipes[id].used && pipes[id].watching && pipes[id].bytes.size() < kPipeBytes) streams.on_writable(id);
      }
      for (std::size_t left = 1 + world.random_.below(20); left > 0 && !mail.empty(); --left) {
        broker::LogOutput output = std::move(mail.front());
        mail.pop_front();
        streams.on_log(std::move(output));
      }
      if (world.clock_.steady() >= next_tick) {
        next_tick = world.clock_.steady() + broker::Streams::kTick;
        streams.on_tick();
      }
      streams.on_turn_end();
    }

    Broker& broker;
    broker::LoopCounters counters;
    std::vector<Pipe> pipes;
    std::deque<broker::LogOutput> mail;
    broker::Streams streams;
    SteadyTime next_tick;
  };

  Broker(World& owner, std::uint64_t number)
      : world(owner),
        inbox_("_INBOX_broker.n" + std::to_string(number)),
        hub(*this, *this, {"broker-n" + std::to_string(number), "local", kRingEvents, kPageBytes, {.sse = true, .websocket = true}}) {
    for (std::uint32_t i = 0; i < kLoops; ++i) sides.push_back(std::make_unique<Side>(*this, i));
  }

  std::string_view inbox() const override { return inbox_; }
  void receive_deliveries(std::string_view subject) override {
    deliveries = subject;
    if (world.connected_) world.server_.set_interest(subject);
  }
  void publish(std::string_view subject, std::string_view reply, std::string_view payload) override {
    if (world.connected_) world.server_.receive(subject, reply, payload);
  }
  void to_all(const broker::LogOutput& output) override {
    if (const auto* released = std::get_if<broker::Released>(&output)) world.check_released(*released);
    if (std::holds_alternative<broker::LogBegin>(output)) store_heard.reset();  // what it said was of another log
    for (auto& side : sides) side->mail.push_back(output);
  }
  void to_one(std::uint32_t loop, broker::LogOutput output) override { sides[loop]->mail.push_back(std::move(output)); }
  void read(const broker::PageRequest& request) override { requests.push_back(request); }

  void log_turn() {
    const SteadyTime now = world.clock_.steady();
    for (const auto& message : mail) {
      if (const auto delivered = broker::parse_ack_subject(message.reply)) arrived.try_emplace(delivered->stream_sequence.value, now);
      if (message.subject.starts_with("live.applied.")) {
        const Position applied = parse_position(message.payload).value();
        if (applied.epoch == hub.position().epoch) {
          store_heard = now;
          store_applied = applied.sequence.value;
        }
      }
      hub.on_message(message, now);
    }
    mail.clear();
    for (const auto& request : requests) hub.on_page_request(request, now);
    requests.clear();
    hub.on_turn_end(now);
    ready |= hub.ready();
  }

  World& world;
  const std::string inbox_;
  std::string deliveries;
  broker::LogHub hub;
  std::vector<std::unique_ptr<Side>> sides;
  std::vector<broker::NatsMessage> mail;
  std::vector<broker::PageRequest> requests;
  std::map<std::uint64_t, SteadyTime> arrived;
  std::optional<SteadyTime> store_heard;
  std::uint64_t store_applied = 0;
  bool ready = false;
};

}  // namespace freshet::simulation
