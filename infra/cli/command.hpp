// Command: one subcommand of `freshet`, and what all of them share: options, output, the connection to NATS.
//
// Shape     `freshet [options] command [options] [words]`; the options --url, --nats, --json and --help stand before or after the
//           command. `--name value` and `--name=value` are the same.
// Errors    exit 0: done; 1: failed, with one line on standard error (with --json: an object there); 2: wrong usage; 3: NATS or the site
//           cannot be reached
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "infra/cli/posix_transport.hpp"
#include "shared/nats/client.hpp"
#include "shared/nats/jetstream.hpp"
#include "shared/result.hpp"

namespace freshet::cli {

enum class Takes : std::uint8_t { kNothing, kValue };
struct Option {
  std::string_view name;   // without dashes
  Takes takes = Takes::kValue;
  std::string_view shown;  // of the value in the help: `DURATION`
  std::string_view help;
};

class Program;
struct Command {
  std::string_view name;
  std::string_view summary;
  std::string_view words;            // what stands behind the options, for the help; empty: nothing may
  std::span<const Option> options;
  Result<void> (*run)(Program& program);
};

// Commands, one file each idea.
extern const Command kInit;
extern const Command kCreateSuperuser;
extern const Command kLog;
extern const Command kExport;
extern const Command kImport;
extern const Command kCheck;
extern const Command kMonitor;
extern const Command kToken;
extern const Command kConnections;
[[nodiscard]] std::span<const Command* const> commands();

class Program {
 public:
  // Reads the arguments; a failure is wrong usage.
  [[nodiscard]] static Result<void> parse(std::span<const std::string_view> arguments, Program& program);

  [[nodiscard]] const Command* command() const { return command_; }
  [[nodiscard]] bool has(std::string_view option) const { return options_.find(option) != options_.end(); }
  [[nodiscard]] std::string text(std::string_view option, std::string_view otherwise) const;
  [[nodiscard]] Result<std::chrono::seconds> duration(std::string_view option, std::chrono::seconds otherwise) const;
  [[nodiscard]] Result<std::uint64_t> number(std::string_view option, std::uint64_t otherwise) const;
  [[nodiscard]] const std::vector<std::string>& words() const { return words_; }
  [[nodiscard]] bool json() const { return has("json"); }

  // A setting of the environment, or of the file that `NAME_FILE` names; nothing when neither is set.
  [[nodiscard]] static Result<std::optional<std::string>> setting(const std::string& name);

  // The connection, opened and accepted; by --nats, FRESHET_NATS_URL, or nats://127.0.0.1:FRESHET_NATS_PORT.
  [[nodiscard]] Result<nats::JetStream*> log();
  [[nodiscard]] const Clock& clock() const { return clock_; }
  [[nodiscard]] Random& random() { return random_; }

  // Where the site answers: --url, or http://127.0.0.1:FRESHET_HTTP_PORT.
  [[nodiscard]] std::string site_url() const;

 private:
  SystemClock clock_;
  SystemRandom random_;
  const Command* command_ = nullptr;
  std::map<std::string, std::string, std::less<>> options_;
  std::vector<std::string> words_;
  std::optional<nats::PosixTransport> transport_;
  std::optional<nats::Client> client_;
  std::optional<nats::JetStream> jetstream_;
};

// `60s`, `15m`, `12h`, `7d`, or plain seconds.
[[nodiscard]] Result<std::chrono::seconds> parse_duration(std::string_view text);

// One line to standard output, whole or not at all.
void say(std::string_view line);
void warn(std::string_view line);

}  // namespace freshet::cli
