#include "broker/server/log_loop.hpp"

namespace freshet::broker {
namespace {

NatsLinkSettings link_settings(const LogLoopSettings& settings) {
  NatsLinkSettings out;
  out.url = settings.nats_url;
  out.name = "freshet-broker " + settings.node;
  out.inbox = inbox_prefix(settings.nats_url) + "." + settings.node;
  out.subjects = {"live.applied." + settings.place + ".*", "broker.health", "broker.connections"};
  return out;
}

LogHubSettings hub_settings(const LogLoopSettings& settings) {
  return LogHubSettings{"broker-" + settings.node, settings.place, settings.ring_events_max, LogReads::kPageBytes, settings.compressed};
}

}  // namespace

LogLoop::LogLoop(Loop& loop, const LogLoopSettings& settings, Standing& standing, Status& status, const Log& log)
    : loop_(loop),
      settings_(settings),
      standing_(standing),
      status_(status),
      log_(log),
      mailbox_(loop.wake(), kMailboxBytes),
      link_(make_nats_link(link_settings(settings), *this)),
      hub_(*link_, *this, hub_settings(settings)),
      revocations_(*link_, {"log.token.*", "log.user.*"},
                   [this](std::string_view subject, std::string_view payload) { note_standing(subject, payload); }) {
  loop_.timers().at(loop_.now(), [this] { reopen(); });
}

void LogLoop::stop() { static_cast<void>(mailbox_.post(Stop{}, 0)); }

void LogLoop::read(const PageRequest& request) { static_cast<void>(mailbox_.post(request, 0)); }

// ---------------------------------------------------------------- the library's threads

void LogLoop::on_nats_message(NatsMessage message) {
  const std::size_t bytes = message.bytes();
  if (mailbox_.post(std::move(message), bytes) == Posted::kFull) status_.note_message_dropped();
}
void LogLoop::on_nats_connected() { static_cast<void>(mailbox_.post(LinkEvent::kConnected, 0)); }
void LogLoop::on_nats_disconnected() { static_cast<void>(mailbox_.post(LinkEvent::kDisconnected, 0)); }
void LogLoop::on_nats_closed() { static_cast<void>(mailbox_.post(LinkEvent::kClosed, 0)); }

// ---------------------------------------------------------------- the loop

void LogLoop::on_wake() {
  mailbox_.take(mail_);
  const SteadyTime now = loop_.now();
  for (const Mail& mail : mail_) {
    if (const auto* message = std::get_if<NatsMessage>(&mail)) {
      on_message(*message);
    } else if (const auto* request = std::get_if<PageRequest>(&mail)) {
      hub_.on_page_request(*request, now);
    } else if (const auto* event = std::get_if<LinkEvent>(&mail)) {
      on_link(*event);
    } else {
      loop_.stop();
    }
  }
  mail_.clear();
}

void LogLoop::on_message(const NatsMessage& message) {
  if (message.subject == "broker.health" || message.subject == "broker.connections") {
    const std::string answer = message.subject == "broker.health" ? status_.health() : status_.connections();
    if (!message.reply.empty()) link_->publish(message.reply, "", answer);
    return;
  }
  if (revocations_.on_message(message, loop_.now())) return;
  // At once, and before the hub, which holds events until reads show them: a revocation waits for nobody.
  note_standing(message.subject, message.payload);
  hub_.on_message(message, loop_.now());
}

void LogLoop::note_standing(std::string_view subject, std::string_view payload) {
  if (!subject.starts_with("log.token.") && !subject.starts_with("log.user.")) return;
  const auto revocation = standing_.note(subject, payload);
  if (!revocation) return;
  for (Port& port : servers_) static_cast<void>(port.server->post(*revocation, 0));
}

void LogLoop::on_link(LinkEvent event) {
  if (event == LinkEvent::kConnected) {
    log_.info("connected to NATS");
    revocations_.on_connected(loop_.clock().wall() - kAccessLifetime, loop_.now());
    return hub_.on_connected(loop_.now());
  }
  log_.warning(event == LinkEvent::kClosed ? "NATS refuses the connection" : "disconnected from NATS");
  revocations_.on_disconnected();
  hub_.on_disconnected(loop_.now());
  if (event == LinkEvent::kClosed) reopen_later();
}

void LogLoop::reopen() {
  const auto opened = link_->reopen();
  if (opened.ok()) return;
  log_.error("no connection to NATS", {{"reason", opened.error().detail}});
  reopen_later();
}

void LogLoop::reopen_later() {
  loop_.timers().at(loop_.now() + kReopenPause, [this] { reopen(); });
}

void LogLoop::on_turn_end() {
  const SteadyTime now = loop_.now();
  hub_.on_turn_end(now);
  revocations_.on_tick(now);
  take_back();
  update_status();
  loop_.timers().cancel(next_);
  next_ = loop_.timers().at(hub_.next_deadline(now), [] {});
}

void LogLoop::update_status() {
  if (hub_.following() != was_following_) {
    was_following_ = hub_.following();
    log_.info(was_following_ ? "following the log" : "not following the log",
              {{"position", format_position(hub_.position().epoch, hub_.position().sequence)}});
  }
  LogCounters& out = status_.log();
  const LogHubCounters now = hub_.counters();
  out.nats_connected = hub_.connected();
  out.log_followed = hub_.following();
  if (hub_.ready() && revocations_.done()) out.ready = true;
  out.position.set(hub_.position().sequence.value);
  out.messages.set(now.messages);
  out.events.set(now.events);
  out.events_unreadable.set(now.events_unreadable);
  out.held_ns.set(static_cast<std::uint64_t>(now.held.count()));
  out.pages_read.set(hub_.reads().pages_read());
  out.reads_waiting.set(hub_.reads().waiting());
  out.tail_attempts.set(hub_.tail_attempts());
}

// ---------------------------------------------------------------- to the connection loops

void LogLoop::post(Port& port, LogOutput output) {
  if (port.passed_over) return;
  const std::size_t bytes = bytes_of(output);
  if (port.server->post(std::move(output), bytes) == Posted::kYes) return;
  port.passed_over = true;
  status_.log().mailbox_overruns.add();
  log_.error("a connection loop is too far behind; its streams will begin anew");
}

void LogLoop::to_all(const LogOutput& output) {
  for (Port& port : servers_) post(port, output);
}

void LogLoop::to_one(std::uint32_t loop, LogOutput output) { post(servers_[loop], std::move(output)); }

// A loop that was passed over goes on when half of its mailbox is free again.
void LogLoop::take_back() {
  for (Port& port : servers_) {
    if (!port.passed_over) continue;
    const LogBegin begin{hub_.position(), "overrun"};
    if (port.server->post(LogOutput(begin), Server::kMailboxBytes / 2) == Posted::kFull) continue;
    port.passed_over = false;
    post(port, LinkChange{hub_.link()});
  }
}

}  // namespace freshet::broker
