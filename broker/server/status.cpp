#include "broker/server/status.hpp"

#include <algorithm>
#include <vector>

#include "shared/json.hpp"

namespace freshet::broker {
namespace {

// Prometheus text exposition format 0.0.4.
class Exposition {
 public:
  void head(std::string_view name, std::string_view kind, std::string_view help) {
    out_.append("# HELP ").append(name).append(" ").append(help).append("\n# TYPE ").append(name).append(" ").append(kind).append("\n");
  }
  void value(std::string_view name, std::string_view labels, std::uint64_t value) { line(name, labels, std::to_string(value)); }
  void seconds(std::string_view name, std::uint64_t nanoseconds) { line(name, "", std::to_string(static_cast<double>(nanoseconds) / 1e9)); }
  void counter(std::string_view name, std::string_view help, std::uint64_t now) {
    head(name, "counter", help);
    value(name, "", now);
  }
  void gauge(std::string_view name, std::string_view help, std::uint64_t now) {
    head(name, "gauge", help);
    value(name, "", now);
  }
  [[nodiscard]] std::string take() { return std::move(out_); }

 private:
  void line(std::string_view name, std::string_view labels, std::string_view value) {
    out_.append(name);
    if (!labels.empty()) out_.append("{").append(labels).append("}");
    out_.append(" ").append(value).append("\n");
  }
  std::string out_;
};

}  // namespace

bool Status::ready() const { return !draining_ && log_.ready && log_.nats_connected && log_.log_followed; }

std::chrono::seconds Status::uptime() const { return std::chrono::duration_cast<std::chrono::seconds>(clock_.steady() - started_); }

Response Status::liveness() const { return make_json(200, R"({"status":"ok"})"); }

Response Status::readiness() const {
  std::vector<std::string_view> missing;
  if (draining_) missing.push_back("draining");
  if (!log_.nats_connected) missing.push_back("nats");
  if (!log_.log_followed) missing.push_back("log");
  if (!log_.ready) missing.push_back("ring");
  if (missing.empty()) return make_json(200, R"({"status":"ready","missing":[]})");
  std::string body;
  JsonWriter writer(body);
  writer.begin_object().field("status", "not ready").key("missing").begin_array();
  for (const std::string_view part : missing) writer.text(part);
  writer.end_array().end_object();
  Response response = make_json(503, std::move(body));
  response.headers.emplace_back("Retry-After", "1");
  return response;
}

std::string Status::health() const {
  std::string out;
  JsonWriter writer(out);
  writer.begin_object().field("status", ready() ? "ok" : "not ready");
  writer.key("connections").number(static_cast<std::int64_t>(sum([](const LoopCounters& loop) -> const Counter& {
    return loop.streams_now;
  })));
  writer.key("position").number(static_cast<std::int64_t>(log_.position.get()));
  writer.key("uptime_s").number(uptime().count());
  writer.key("nats").boolean(log_.nats_connected).key("log").boolean(log_.log_followed).end_object();
  return out;
}

std::string Status::connections() const {
  std::string out;
  JsonWriter writer(out);
  writer.begin_object();
  const auto number = [&](std::string_view name, const Counter LoopCounters::* counter) {
    writer.key(name).number(static_cast<std::int64_t>(sum([&](const LoopCounters& loop) -> const Counter& { return loop.*counter; })));
  };
  number("streams", &LoopCounters::streams_now);
  number("connections", &LoopCounters::connections_now);
  number("opened", &LoopCounters::streams_opened);
  number("slow_consumers", &LoopCounters::slow_consumers);
  writer.end_object();
  return out;
}

std::string Status::metrics() const {
  Exposition out;
  const auto of = [&](const Counter LoopCounters::* counter) {
    return sum([&](const LoopCounters& loop) -> const Counter& { return loop.*counter; });
  };
  out.gauge("freshet_broker_ready", "1 when streams can be served.", ready() ? 1 : 0);
  out.gauge("freshet_broker_connections", "Open connections, streams or not.", of(&LoopCounters::connections_now));
  out.counter("freshet_broker_connections_accepted_total", "Connections accepted.", of(&LoopCounters::connections_accepted));
  out.counter("freshet_broker_requests_total", "Requests read.", of(&LoopCounters::requests));
  out.counter("freshet_broker_requests_refused_total", "Requests that could not be read.", of(&LoopCounters::requests_refused));
  out.gauge("freshet_broker_streams", "Open streams.", of(&LoopCounters::streams_now));
  out.gauge("freshet_broker_sockets", "Open streams that are WebSockets.", of(&LoopCounters::sockets_now));
  out.counter("freshet_broker_socket_messages_total", "Messages and control frames that clients said.", of(&LoopCounters::socket_messages));
  out.counter("freshet_broker_socket_messages_refused_total", "Messages answered with an error.",
              of(&LoopCounters::socket_messages_refused));
  out.counter("freshet_broker_socket_protocol_errors_total", "Sockets closed with 1002, 1007 or 1009.",
              of(&LoopCounters::socket_protocol_errors));
  out.counter("freshet_broker_sockets_silent_total", "Sockets closed because nothing was heard for 300 s.", of(&LoopCounters::silent));
  out.counter("freshet_broker_streams_opened_total", "Streams opened.", of(&LoopCounters::streams_opened));
  out.counter("freshet_broker_streams_refused_total", "Streams refused: cap, origin or token.", of(&LoopCounters::streams_refused));
  out.counter("freshet_broker_streams_put_off_total", "Streams told to come back later.", of(&LoopCounters::streams_put_off));
  out.counter("freshet_broker_deliveries_total", "Event frames handed to streams.", of(&LoopCounters::deliveries));
  out.counter("freshet_broker_slow_consumers_total", "Streams ended because their outbox was full.", of(&LoopCounters::slow_consumers));
  out.gauge("freshet_broker_unsent_bytes", "Bytes that wait in outboxes; what streams share counts for each.", of(&LoopCounters::unsent_bytes));
  out.counter("freshet_broker_stalled_total", "Streams ended because nothing left their outbox.", of(&LoopCounters::stalled));
  out.head("freshet_broker_resumes_total", "counter", "Streams that resumed, by where their past came from.");
  out.value("freshet_broker_resumes_total", "source=\"ring\"", of(&LoopCounters::resumes_from_ring));
  out.value("freshet_broker_resumes_total", "source=\"log\"", of(&LoopCounters::resumes_from_log));
  out.head("freshet_broker_resets_total", "counter", "Streams that could not go on where they were, by reason.");
  for (std::size_t i = 0; i < kResetReasons.size(); ++i) {
    out.value("freshet_broker_resets_total", "reason=\"" + std::string(kResetReasons[i]) + "\"",
              sum([&](const LoopCounters& loop) -> const Counter& { return loop.resets[i]; }));
  }
  std::uint64_t lag = 0;
  std::uint64_t ring_bytes = 0;
  std::uint64_t ring_events = 0;
  for (const LoopCounters& loop : loops_) {
    lag = std::max(lag, loop.loop_lag_ns.get());
    ring_bytes = std::max(ring_bytes, loop.ring_bytes.get());
    ring_events = std::max(ring_events, loop.ring_events.get());
  }
  out.gauge("freshet_broker_ring_bytes", "Bytes of the newest events kept; the loops share them.", ring_bytes);
  out.gauge("freshet_broker_ring_events", "The newest events kept.", ring_events);
  out.head("freshet_broker_loop_lag_seconds", "gauge", "How late the latest timer of the slowest loop ran.");
  out.seconds("freshet_broker_loop_lag_seconds", lag);
  out.gauge("freshet_broker_nats_connected", "1 when the connection to NATS is there.", log_.nats_connected ? 1 : 0);
  out.gauge("freshet_broker_log_followed", "1 when the log is followed.", log_.log_followed ? 1 : 0);
  out.gauge("freshet_broker_log_sequence", "Stream sequence up to which events are out.", log_.position.get());
  out.counter("freshet_broker_log_messages_total", "Messages of the log read.", log_.messages.get());
  out.counter("freshet_broker_events_total", "Events released to streams.", log_.events.get());
  out.counter("freshet_broker_events_unreadable_total", "Events of the log that could not be read.", log_.events_unreadable.get());
  out.head("freshet_broker_hold_seconds", "summary", "How long events were held until reads showed them.");
  out.seconds("freshet_broker_hold_seconds_sum", log_.held_ns.get());
  out.value("freshet_broker_hold_seconds_count", "", log_.events.get());
  out.counter("freshet_broker_log_pages_total", "Pages of the log read for long resumes.", log_.pages_read.get());
  out.gauge("freshet_broker_log_reads_waiting", "Page reads asked for and not answered.", log_.reads_waiting.get());
  out.counter("freshet_broker_log_attempts_total", "Attempts to follow the log; each beyond the first is a repair.",
              log_.tail_attempts.get());
  out.counter("freshet_broker_mailbox_overruns_total", "Loops that fell too far behind and began anew.", log_.mailbox_overruns.get());
  out.counter("freshet_broker_messages_dropped_total", "Messages of NATS that found the mailbox full.", messages_dropped_);
  return out.take();
}

}  // namespace freshet::broker
