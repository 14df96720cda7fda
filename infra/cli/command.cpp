#include "infra/cli/command.hpp"

#include <array>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>

namespace freshet::cli {
namespace {

constexpr std::array kEverywhere{
    Option{"nats", Takes::kValue, "URL", "NATS address with user and password (FRESHET_NATS_URL)"},
    Option{"url", Takes::kValue, "URL", "address of the site (http://127.0.0.1:FRESHET_HTTP_PORT)"},
    Option{"json", Takes::kNothing, "", "machine-readable output"},
    Option{"help", Takes::kNothing, "", "this text"},
};

const Option* find(std::span<const Option> options, std::string_view name) {
  for (const Option& option : options) {
    if (option.name == name) return &option;
  }
  return nullptr;
}

const Command* find_command(std::string_view name) {
  for (const Command* command : commands()) {
    if (command->name == name) return command;
  }
  return nullptr;
}

Error usage(std::string detail) { return Error{Errc::kInvalidArgument, std::move(detail)}; }

std::string environment(const char* name, std::string_view otherwise) {
  const char* value = std::getenv(name);
  return value != nullptr && *value != '\0' ? std::string(value) : std::string(otherwise);
}

}  // namespace

Result<void> Program::parse(std::span<const std::string_view> arguments, Program& program) {
  bool only_words = false;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string_view argument = arguments[i];
    if (argument == "--" && !only_words) {
      only_words = true;
      continue;
    }
    if (only_words || !argument.starts_with("--")) {
      if (program.command_ == nullptr) {
        program.command_ = find_command(argument);
        if (program.command_ == nullptr) return usage("there is no command " + std::string(argument));
      } else if (program.command_->words.empty()) {
        return usage("freshet " + std::string(program.command_->name) + " takes no word: " + std::string(argument));
      } else {
        program.words_.emplace_back(argument);
      }
      continue;
    }
    const std::size_t equals = argument.find('=');
    const std::string_view name = argument.substr(2, equals == std::string_view::npos ? equals : equals - 2);
    const Option* option = find(kEverywhere, name);
    if (option == nullptr && program.command_ != nullptr) option = find(program.command_->options, name);
    if (option == nullptr) return usage("there is no option --" + std::string(name));
    std::string value;
    if (option->takes == Takes::kNothing) {
      if (equals != std::string_view::npos) return usage("--" + std::string(name) + " takes no value");
    } else if (equals != std::string_view::npos) {
      value = argument.substr(equals + 1);
    } else if (i + 1 < arguments.size()) {
      value = arguments[++i];
    } else {
      return usage("--" + std::string(name) + " takes a value");
    }
    program.options_[std::string(name)] = value;
  }
  return {};
}

std::string Program::text(std::string_view option, std::string_view otherwise) const {
  const auto found = options_.find(option);
  return found == options_.end() ? std::string(otherwise) : found->second;
}

Result<std::chrono::seconds> Program::duration(std::string_view option, std::chrono::seconds otherwise) const {
  const auto found = options_.find(option);
  if (found == options_.end()) return otherwise;
  return parse_duration(found->second);
}

Result<std::uint64_t> Program::number(std::string_view option, std::uint64_t otherwise) const {
  const auto found = options_.find(option);
  if (found == options_.end()) return otherwise;
  std::uint64_t number = 0;
  const std::string& text = found->second;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return usage("--" + std::string(option) + " takes a number, not " + text);
  return number;
}

Result<std::optional<std::string>> Program::setting(const std::string& name) {
  if (const char* value = std::getenv(name.c_str()); value != nullptr && *value != '\0') return std::optional<std::string>(value);
  const char* path = std::getenv((name + "_FILE").c_str());
  if (path == nullptr || *path == '\0') return std::optional<std::string>{};
  std::ifstream file(path, std::ios::binary);
  if (!file) return Error{Errc::kInvalidArgument, name + "_FILE names a file that cannot be read: " + path};
  std::string text{std::istreambuf_iterator<char>(file), {}};
  while (text.ends_with('\n') || text.ends_with('\r')) text.pop_back();
  return std::optional<std::string>(std::move(text));
}

Result<nats::JetStream*> Program::log() {
  if (jetstream_) return &*jetstream_;
  std::string url = text("nats", "");
  if (url.empty()) {
    FRESHET_TRY(configured, setting("FRESHET_NATS_URL"));
    url = configured.value_or("nats://127.0.0.1:" + environment("FRESHET_NATS_PORT", "4222"));
  }
  nats::ClientOptions options;
  FRESHET_TRY(server, nats::parse_server_url(url));
  options.server = std::move(server);
  options.name = "freshet " + std::string(command_->name);
  // Each role hears only an inbox of its own (infra/nats/nats.conf).
  if (!options.server.credentials.user.empty()) options.inbox_prefix = "_INBOX_" + options.server.credentials.user;
  transport_.emplace(clock_);
  client_.emplace(*transport_, clock_, random_, std::move(options));
  FRESHET_TRY_VOID(client_->connect());
  jetstream_.emplace(*client_, random_);
  return &*jetstream_;
}

std::string Program::site_url() const {
  std::string url = text("url", "");
  if (url.empty()) url = environment("FRESHET_URL", "http://127.0.0.1:" + environment("FRESHET_HTTP_PORT", "8080"));
  while (url.ends_with('/')) url.pop_back();
  return url;
}

Result<std::chrono::seconds> parse_duration(std::string_view text) {
  std::int64_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  const std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
  std::int64_t unit_s = 0;
  if (unit.empty() || unit == "s") unit_s = 1;
  if (unit == "m") unit_s = 60;
  if (unit == "h") unit_s = 60 * 60;
  if (unit == "d") unit_s = 24 * 60 * 60;
  constexpr std::int64_t most_s = std::int64_t{100} * 366 * 24 * 60 * 60;
  if (error != std::errc{} || count < 0 || unit_s == 0 || count > most_s / unit_s) {
    return usage("a duration is a number with s, m, h or d (60s, 15m, 7d), not " + std::string(text));
  }
  return std::chrono::seconds(count * unit_s);
}

void say(std::string_view line) {
  std::string whole(line);
  whole += '\n';
  std::fwrite(whole.data(), 1, whole.size(), stdout);
}

void warn(std::string_view line) {
  std::string whole(line);
  whole += '\n';
  std::fwrite(whole.data(), 1, whole.size(), stderr);
}

}  // namespace freshet::cli
