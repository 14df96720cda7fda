// LogLoop: the thread that follows the log: LogHub with its mailbox, its NATS connection and its way to the connection loops.
//
// Bounds    kMailboxBytes of NATS messages wait; what does not fit is dropped and counted, and the consumer's own sequence shows the
//           gap, which is then read again. A connection loop whose mailbox is full is passed over until it has caught up, and then
//           begins anew: its streams are told so (stream-reset `overrun`).
// Threads   run() in its own; the library's threads and the connection loops only post
#pragma once

#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "broker/jetstream/nats_link.hpp"
#include "broker/log/log_hub.hpp"
#include "broker/log/past_reads.hpp"
#include "broker/loop/loop.hpp"
#include "broker/loop/mailbox.hpp"
#include "broker/server/log_line.hpp"
#include "broker/server/server.hpp"
#include "broker/server/standing.hpp"
#include "broker/server/status.hpp"

namespace freshet::broker {

struct LogLoopSettings {
  std::string nats_url;
  std::string node;  // names the consumer and the inbox; unguessable
  std::string place;
  std::size_t ring_events_max = 1500;
  Compressed compressed;
};

class LogLoop final : public LogReader, private LoopClient, private NatsInlet, private LoopPorts {
 public:
  static constexpr std::size_t kMailboxBytes = 128u << 20;
  static constexpr std::chrono::seconds kReopenPause{1};

  LogLoop(Loop& loop, const LogLoopSettings& settings, Standing& standing, Status& status, const Log& log);

  // Before run().
  void add_server(Server& server) { servers_.push_back({&server, false}); }
  void run() { loop_.run(*this); }
  void stop();  // from any thread

  void read(const PageRequest& request) override;  // from any thread

 private:
  enum class LinkEvent : std::uint8_t { kConnected, kDisconnected, kClosed };
  struct Stop {};
  using Mail = std::variant<NatsMessage, PageRequest, LinkEvent, Stop>;
  struct Port {
    Server* server;
    bool passed_over;
  };

  void on_ready(const Ready&) override {}
  void on_wake() override;
  void on_turn_end() override;
  void on_nats_message(NatsMessage message) override;
  void on_nats_connected() override;
  void on_nats_disconnected() override;
  void on_nats_closed() override;
  void to_all(const LogOutput& output) override;
  void to_one(std::uint32_t loop, LogOutput output) override;

  void on_link(LinkEvent event);
  void on_message(const NatsMessage& message);
  void note_standing(std::string_view subject, std::string_view payload);
  void post(Port& port, LogOutput output);
  void take_back();
  void reopen();
  void reopen_later();
  void update_status();

  Loop& loop_;
  const LogLoopSettings settings_;
  Standing& standing_;
  Status& status_;
  const Log& log_;
  Mailbox<Mail> mailbox_;
  std::vector<Mail> mail_;
  std::vector<Port> servers_;
  std::unique_ptr<NatsLink> link_;
  LogHub hub_;
  PastReads revocations_;  // of the last access lifetime
  Timers::Id next_;
  bool was_following_ = false;
};

}  // namespace freshet::broker
