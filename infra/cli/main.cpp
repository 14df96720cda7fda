// freshet: the command line of a site. This file is wiring: which commands there are, help, and how a failure becomes an exit code.
#include <algorithm>
#include <array>
#include <cstdio>
#include <string>

#include "infra/cli/command.hpp"
#include "shared/json.hpp"

namespace freshet::cli {
namespace {

enum ExitCode : int { kDone = 0, kFailed = 1, kUsage = 2, kUnreachable = 3 };

constexpr std::array<const Command*, 9> kCommands{&kInit,   &kCreateSuperuser, &kCheck, &kMonitor,    &kLog,
                                                   &kExport, &kImport,          &kToken, &kConnections};

std::string left(std::string text) { return text + std::string(text.size() < 34 ? 34 - text.size() : 1, ' '); }

void help() {
  say("freshet: the command line of a Freshet site\n\nUsage: freshet [options] COMMAND [options]\n\nCommands:");
  for (const Command* command : kCommands) say("  " + left(std::string(command->name)) + std::string(command->summary));
  say("\nOptions, before or after the command:");
  say("  " + left("--nats URL") + "NATS address with user and password (FRESHET_NATS_URL)");
  say("  " + left("--url URL") + "address of the site (http://127.0.0.1:FRESHET_HTTP_PORT)");
  say("  " + left("--json") + "machine-readable output");
  say("\nfreshet COMMAND --help tells the rest. Exit: 0 done, 1 failed, 2 wrong usage, 3 NATS or the site cannot be reached.");
}

void help(const Command& command) {
  say(std::string(command.summary) + "\n\nUsage: freshet " + std::string(command.name) + " [options] " + std::string(command.words));
  for (const Option& option : command.options) {
    const std::string shown = "--" + std::string(option.name) + (option.shown.empty() ? "" : " ") + std::string(option.shown);
    say("  " + left(shown) + std::string(option.help));
  }
}

int fail(const Program& program, const Error& error, int code) {
  std::string line;
  if (program.json()) {
    JsonWriter(line).begin_object().field("error", info(error.code).name).field("detail", error.detail).end_object();
  } else {
    line = "freshet: " + error.detail;
  }
  warn(line);
  return code;
}

}  // namespace

std::span<const Command* const> commands() { return kCommands; }

int main(std::span<const std::string_view> arguments) {
  Program program;
  if (const auto parsed = Program::parse(arguments, program); !parsed.ok()) {
    const int code = fail(program, parsed.error(), kUsage);
    warn("freshet --help lists the commands.");
    return code;
  }
  if (program.command() == nullptr || program.has("help")) {
    program.command() == nullptr ? help() : help(*program.command());
    return program.has("help") ? kDone : kUsage;
  }
  const auto done = program.command()->run(program);
  std::fflush(stdout);
  if (done.ok()) return kDone;
  return fail(program, done.error(), done.error().code == Errc::kUnavailable ? kUnreachable : kFailed);
}

}  // namespace freshet::cli

int main(int count, char** values) {
  std::vector<std::string_view> arguments(values + std::min(count, 1), values + count);
  return freshet::cli::main(arguments);
}
