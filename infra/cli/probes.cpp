#include "infra/cli/probes.hpp"

#include <cstdlib>

#include "infra/cli/epoch.hpp"
#include "infra/cli/http.hpp"
#include "shared/nats/server.hpp"
#include "shared/subject.hpp"

namespace freshet::cli {
namespace {

constexpr std::chrono::milliseconds kAskWithin{2000};
constexpr std::uint64_t kLagMax = 1000;  // events a store may be behind and still count as well

Finding finding(std::string what, Verdict verdict, std::string detail) { return {std::move(what), verdict, std::move(detail)}; }

Finding probe_server(nats::Client& client) {
  const auto facts = nats::server_facts(client, kAskWithin);
  if (!facts.ok()) return finding("nats-server", Verdict::kBad, facts.error().detail);
  const auto accepted = nats::accept_server(*facts);
  if (!accepted.ok()) return finding("nats-server", Verdict::kBad, accepted.error().detail);
  return finding("nats-server", Verdict::kGood, facts->version + ", every event synced to disk");
}

// `last` gives the log's last sequence, for the store's lag.
Finding probe_log(nats::JetStream& log, StreamSequence& last) {
  const auto info = log.stream_info(kLogStream);
  if (!info.ok()) return finding("log", Verdict::kBad, info.error().detail);
  if (!*info) return finding("log", Verdict::kBad, "there is no log: run freshet init");
  const Json& config = (*info)->config;
  for (const std::string_view needed : {"allow_atomic", "allow_direct", "allow_msg_ttl"}) {
    if (!json_true(config, needed)) return finding("log", Verdict::kBad, std::string(needed) + " is off: run freshet init");
  }
  const auto epoch = read_epoch(log);
  if (!epoch.ok()) return finding("log", Verdict::kBad, epoch.error().detail);
  last = (*info)->last;
  return finding("log", Verdict::kGood, "position " + format_position(*epoch, last) + ", " + std::to_string((*info)->messages) + " events");
}

Finding probe_store(nats::Client& client, StreamSequence last) {
  const auto answer = client.request("store.query.health", {}, "{}", kAskWithin, nats::Repeat::kSafe);
  if (!answer.ok()) return finding("store", Verdict::kBad, answer.error().detail);
  const auto json = parse_json_object(answer->payload);
  const auto position = json.ok() ? parse_position(json_text_or(*json, "position", "")) : Result<Position>(json.error());
  if (!position.ok()) return finding("store", Verdict::kBad, "answers without a position");
  const std::uint64_t applied = position->sequence.value;
  const std::uint64_t behind = applied < last.value ? last.value - applied : 0;
  return finding("store", behind > kLagMax ? Verdict::kBad : Verdict::kGood,
                 "applied " + std::to_string(applied) + (behind > 0 ? ", " + std::to_string(behind) + " events behind" : ", all there is"));
}

Finding probe_broker(nats::Client& client) {
  const auto answer = client.request("broker.health", {}, {}, kAskWithin, nats::Repeat::kSafe);
  if (!answer.ok()) return finding("broker", Verdict::kBad, answer.error().detail);
  const auto json = parse_json_object(answer->payload);
  if (!json.ok()) return finding("broker", Verdict::kBad, "answers with something unreadable");
  const std::string status = json_text_or(*json, "status", "");
  return finding("broker", status == "ok" ? Verdict::kGood : Verdict::kBad,
                 "status " + status + ", " + std::to_string(json_integer(*json, "connections").value_or(0)) + " connections");
}

Finding probe_functions(const Program& program) {
  HttpRequest request;
  request.path = "/readyz";
  const auto answer = http(program.clock(), program.site_url(), request, kAskWithin);
  if (!answer.ok()) return finding("functions", Verdict::kBad, answer.error().detail);
  if (answer->status != 200) return finding("functions", Verdict::kBad, "not ready: " + std::to_string(answer->status) + ' ' + answer->body.substr(0, 300));
  return finding("functions", Verdict::kGood, "ready at " + program.site_url());
}

// A stream's first event comes at once; where it does not, a proxy on the way collects it.
Finding probe_streams(const Program& program) {
  HttpRequest request;
  request.path = "/api/content/events/article-updates-en/";
  request.headers = {{"Accept", "text/event-stream"}};
  const auto answer = http(program.clock(), program.site_url(), request, kAskWithin, Read::kFirstBytes);
  if (!answer.ok()) return finding("streams", Verdict::kBad, answer.error().detail + ": no proxy on the way may buffer them (X-Accel-Buffering)");
  if (answer->status != 200) return finding("streams", Verdict::kBad, "status " + std::to_string(answer->status));
  const std::string* type = find_header(answer->headers, "content-type");
  if (type == nullptr || !type->starts_with("text/event-stream")) return finding("streams", Verdict::kBad, "what answers is no event stream");
  if (answer->body.find("stream-open") == std::string::npos) return finding("streams", Verdict::kBad, "no broker serves them");
  return finding("streams", Verdict::kGood, "the first event comes at once, nothing on the way buffers");
}

Finding probe_limits() {
  const char* secret = std::getenv("FRESHET_PROXY_SECRET");
  if (secret != nullptr && *secret != '\0') return finding("limits", Verdict::kGood, "clients are told apart by X-Real-IP");
  return finding("limits", Verdict::kUnknown, "FRESHET_PROXY_SECRET is not set here: where functions and broker lack it too, limits per address are off");
}

}  // namespace

std::vector<Finding> probe(Program& program) {
  std::vector<Finding> findings;
  const auto log = program.log();
  if (log.ok()) {
    StreamSequence last;
    findings.push_back(probe_server((*log)->client()));
    findings.push_back(probe_log(**log, last));
    findings.push_back(probe_store((*log)->client(), last));
    findings.push_back(probe_broker((*log)->client()));
  } else {
    findings.push_back(finding("nats-server", Verdict::kBad, log.error().detail));
  }
  findings.push_back(probe_functions(program));
  findings.push_back(probe_streams(program));
  findings.push_back(probe_limits());
  return findings;
}

}  // namespace freshet::cli
