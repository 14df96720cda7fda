// freshet connections: what every broker of the site says of its connections.
#include "infra/cli/command.hpp"

namespace freshet::cli {
namespace {

constexpr std::chrono::milliseconds kAskFor{500};  // how long answers are collected: nobody knows how many brokers there are

Result<void> run(Program& program) {
  FRESHET_TRY(log, program.log());
  std::vector<std::string> answers;
  const auto asked = log->client().request_stream("broker.health", {}, {}, kAskFor, [&](const nats::MessageView& message) {
    answers.emplace_back(message.payload);
    return true;
  });
  if (answers.empty()) return asked.ok() ? Error{Errc::kUnavailable, "no broker answers"} : asked.error();
  std::int64_t all = 0;
  for (const std::string& answer : answers) {
    const auto json = parse_json_object(answer);
    if (!json.ok()) return Error{Errc::kInternal, "a broker answers with something unreadable"};
    const std::int64_t connections = json_integer(*json, "connections").value_or(0);
    all += connections;
    say(program.json() ? answer : std::to_string(connections) + " connections, status " + json_text_or(*json, "status", "unknown"));
  }
  if (!program.json() && answers.size() > 1) say(std::to_string(all) + " connections on " + std::to_string(answers.size()) + " brokers");
  return {};
}

}  // namespace

const Command kConnections{"connections", "how many connections each broker holds", "", {}, run};

}  // namespace freshet::cli
