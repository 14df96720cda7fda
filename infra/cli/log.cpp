// freshet log and freshet export: the events of the log, one a line.
#include <charconv>
#include <csignal>
#include <cstdio>

#include "infra/cli/cloudevent.hpp"
#include "infra/cli/command.hpp"
#include "infra/cli/epoch.hpp"
#include "shared/nats/log_tail.hpp"
#include "shared/subject.hpp"

namespace freshet::cli {
namespace {

constexpr std::chrono::milliseconds kLook{200};

volatile std::sig_atomic_t stopped = 0;

// What a person wants to see of an event: where, when, what.
std::string summary(std::string_view epoch, const nats::TailMessage& message) {
  const auto type = message.headers.find("ce-type");
  return format_position(epoch, message.sequence) + "  " + format_time(message.time) + "  " + std::string(message.subject) + "  " +
         std::string(type.value_or("-")) + "  " + std::to_string(message.payload.size()) + " bytes";
}

// `--since`: a position of this log, or a bare sequence; the event there is shown too.
Result<StreamSequence> since(const Program& program, std::string_view epoch) {
  const std::string text = program.text("since", "1");
  StreamSequence from;
  if (const auto sequence = parse_sequence(text); sequence.ok()) {
    from = *sequence;
  } else {
    FRESHET_TRY(position, parse_position(text));
    if (position.epoch != epoch) {
      return Error{Errc::kInvalidArgument, "--since is a position of another log: the epoch of this one is " + std::string(epoch)};
    }
    from = position.sequence;
  }
  return StreamSequence{from.value == 0 ? 0 : from.value - 1};
}

enum class Until : std::uint8_t { kLive, kStopped };

Result<void> tail(Program& program, nats::JetStream& log, nats::TailOptions options, StreamSequence after, Until until,
                  const nats::LogTail::Handler& handler) {
  stopped = 0;
  std::signal(SIGINT, [](int) { stopped = 1; });
  std::signal(SIGTERM, [](int) { stopped = 1; });
  nats::LogTail tail(log, program.random(), std::move(options), after, handler);
  while (stopped == 0) {
    const auto kept = tail.keep();
    // A server that is away comes back while one follows; a dump that cannot go on says so.
    if (!kept.ok() && (until == Until::kLive || kept.error().code != Errc::kUnavailable)) return kept;
    if (tail.live()) {
      std::fflush(stdout);
      if (until == Until::kLive) return {};
    }
    const auto handled = log.client().poll(kLook);
    if (!handled.ok() && until == Until::kLive) return handled.error();
  }
  return {};
}

Result<void> run_log(Program& program) {
  FRESHET_TRY(log, program.log());
  FRESHET_TRY(epoch, read_epoch(*log));
  FRESHET_TRY(after, since(program, epoch));
  nats::TailOptions options;
  options.filter = program.text("subject", "log.>");
  if (!nats::is_subscribe_subject(options.filter)) return Error{Errc::kInvalidArgument, "--subject is no subject: " + options.filter};
  const auto until = program.has("follow") ? Until::kStopped : Until::kLive;
  return tail(program, *log, std::move(options), after, until, [&](const nats::TailMessage& message) {
    say(program.json() ? encode_cloudevent(message) : summary(epoch, message));
  });
}

// Sessions and idempotency claims end with the log they were made in; the epoch is the importer's own.
bool is_transient(std::string_view subject) {
  const EntityKind kind = parse_log_subject(subject).kind;
  return kind == EntityKind::kToken || kind == EntityKind::kRequest || kind == EntityKind::kEpoch;
}

Result<void> run_export(Program& program) {
  FRESHET_TRY(log, program.log());
  FRESHET_TRY(epoch, read_epoch(*log));
  FRESHET_TRY(after, since(program, epoch));
  std::uint64_t count = 0;
  FRESHET_TRY_VOID(tail(program, *log, {}, after, Until::kLive, [&](const nats::TailMessage& message) {
    if (is_transient(message.subject)) return;
    say(encode_cloudevent(message));
    ++count;
  }));
  if (stopped != 0) return Error{Errc::kInternal, "stopped: the export is not whole"};
  if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0) return Error{Errc::kInternal, "standard output takes no more: the export is not whole"};
  warn(std::to_string(count) + " events exported");
  return {};
}

constexpr Option kLogOptions[] = {
    {"subject", Takes::kValue, "SUBJECT", "only these subjects, `*` and `>` allowed (log.>)"},
    {"since", Takes::kValue, "POSITION", "from this position or sequence on (the first)"},
    {"follow", Takes::kNothing, "", "stay and show what comes"},
};
constexpr Option kExportOptions[] = {{"since", Takes::kValue, "POSITION", "from this position or sequence on (the first)"}};

}  // namespace

const Command kLog{"log", "show the events of the log (--json: CloudEvents, one a line)", "", kLogOptions, run_log};
const Command kExport{"export", "write all events to standard output as CloudEvents, one a line (holds password hashes)", "", kExportOptions,
                      run_export};

}  // namespace freshet::cli
