// freshet init: makes the JetStream objects of a site, or brings existing ones up to date. May be run again at any time.
#include <array>

#include "infra/cli/command.hpp"
#include "infra/cli/epoch.hpp"
#include "shared/nats/server.hpp"
#include "shared/subject.hpp"

namespace freshet::cli {
namespace {

constexpr std::chrono::milliseconds kAskWithin{3000};

std::int64_t nanoseconds(std::chrono::seconds time) { return std::chrono::nanoseconds(time).count(); }

Json stream_config(std::string_view name, std::string_view subjects) {
  Json config = Json::object();
  config["name"] = name;
  config["subjects"] = Json::array({subjects});
  config["retention"] = "limits";
  config["allow_direct"] = true;
  return config;
}

// `discard: new`, so that a limit somebody sets later refuses events instead of dropping the oldest. It rules out allow_msg_schedules in the same
// stream (nats-server, error 10052).
Json log_config() {
  Json config = stream_config(kLogStream, "log.>");
  config["storage"] = "file";
  config["discard"] = "new";
  config["allow_atomic"] = true;
  config["allow_msg_ttl"] = true;
  config["duplicate_window"] = nanoseconds(std::chrono::hours(1));
  return config;
}

Json stats_config() {
  Json config = stream_config(kStatsStream, "stats.>");
  config["storage"] = "file";
  config["allow_msg_counter"] = true;
  config["duplicate_window"] = nanoseconds(std::chrono::minutes(30));
  return config;
}

// On disk: in memory the stream itself would be gone with a restarted nats-server, and nobody could log in until the next init.
Json throttle_config() {
  Json config = stream_config(kThrottleStream, "throttle.>");
  config["storage"] = "file";
  config["allow_msg_counter"] = true;
  config["max_age"] = nanoseconds(std::chrono::minutes(30));
  config["duplicate_window"] = nanoseconds(std::chrono::minutes(2));
  return config;
}

// Leases: gone with the server, as the nodes that hold them are; brokers make them anew.
Json presence_config() {
  Json config = nats::kv_config("presence", std::chrono::seconds(0));
  config["storage"] = "memory";
  config["subject_delete_marker_ttl"] = nanoseconds(std::chrono::seconds(30));
  return config;
}

Json tickets_config() { return nats::kv_config("tickets", std::chrono::seconds(0)); }

// The log's first message. Whoever comes second finds the first one's.
Result<std::string> ensure_epoch(nats::JetStream& log, Random& random) {
  FRESHET_TRY(found, log.last(kLogStream, kEpochSubject));
  if (!found) {
    const auto appended = append_epoch(log, random, StreamSequence{0});
    if (!appended.ok() && appended.error().code != Errc::kConflict) return appended.error();
  }
  return read_epoch(log);
}

Result<void> run(Program& program) {
  FRESHET_TRY(log, program.log());
  FRESHET_TRY(facts, nats::server_facts(log->client(), kAskWithin));
  FRESHET_TRY_VOID(nats::accept_server(facts));
  std::array configs{log_config(), stats_config(), throttle_config(), presence_config(), tickets_config()};
  for (const Json& config : configs) {
    FRESHET_TRY(stream, log->ensure_stream(config));
    static_cast<void>(stream);
  }
  FRESHET_TRY(epoch, ensure_epoch(*log, program.random()));
  FRESHET_TRY(info, log->stream_info(kLogStream));
  const std::string position = format_position(epoch, info ? info->last : StreamSequence{});
  if (program.json()) {
    std::string line;
    JsonWriter(line).begin_object().field("epoch", epoch).field("position", position).field("nats_server", facts.version).end_object();
    say(line);
  } else {
    say("The log is ready: nats-server " + facts.version + ", every event synced, position " + position + '.');
  }
  return {};
}

}  // namespace

const Command kInit{"init", "make the streams and buckets of a site in NATS (may be run again)", "", {}, run};

}  // namespace freshet::cli
