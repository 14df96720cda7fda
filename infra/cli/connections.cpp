// freshet connections: what every broker of the site says of its connections.
#include "infra/cli/command.hpp"

namespace freshet::cli {
namespace {

constexpr std::chrono::milliseconds kAskFor{500};  // how long answers are collected: nobody knows how many brokers there are

std::string shown(std::int64_t streams, std::int64_t connections, std::int64_t slow) {
  return std::to_string(streams) + " streams on " + std::to_string(connections) + " connections, " + std::to_string(slow) + " slow ones ended so far";
}

Result<void> run(Program& program) {
  FRESHET_TRY(log, program.log());
  std::vector<std::string> answers;
  const auto asked = log->client().request_stream("broker.connections", {}, {}, kAskFor, [&](const nats::MessageView& message) {
    answers.emplace_back(message.payload);
    return true;
  });
  if (answers.empty()) return asked.ok() ? Error{Errc::kUnavailable, "no broker answers"} : asked.error();
  std::int64_t streams = 0;
  std::int64_t connections = 0;
  std::int64_t slow = 0;
  for (const std::string& answer : answers) {
    const auto json = parse_json_object(answer);
    if (!json.ok()) return Error{Errc::kInternal, "a broker answers with something unreadable"};
    streams += json_integer(*json, "streams").value_or(0);
    connections += json_integer(*json, "connections").value_or(0);
    slow += json_integer(*json, "slow_consumers").value_or(0);
    if (program.json()) say(answer);
  }
  if (!program.json()) say(shown(streams, connections, slow) + (answers.size() > 1 ? ", on " + std::to_string(answers.size()) + " brokers" : ""));
  return {};
}

}  // namespace

const Command kConnections{"connections", "how many streams and connections the brokers hold (--json: each broker)", "", {}, run};

}  // namespace freshet::cli
