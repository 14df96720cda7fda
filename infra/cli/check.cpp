// freshet check and freshet monitor: how a site is, once or again and again.
#include <csignal>
#include <cstdio>
#include <ctime>

#include "infra/cli/probes.hpp"

namespace freshet::cli {
namespace {

volatile std::sig_atomic_t stopped = 0;

std::string_view mark(Verdict verdict) { return verdict == Verdict::kGood ? "✓" : verdict == Verdict::kBad ? "✗" : "–"; }
std::string_view word(Verdict verdict) { return verdict == Verdict::kGood ? "good" : verdict == Verdict::kBad ? "bad" : "unknown"; }

std::size_t bad_of(const std::vector<Finding>& findings) {
  std::size_t bad = 0;
  for (const Finding& finding : findings) bad += finding.verdict == Verdict::kBad ? 1 : 0;
  return bad;
}

std::string as_json(const std::vector<Finding>& findings, const Clock& clock) {
  std::string line;
  JsonWriter json(line);
  json.begin_object().field("time", format_time(clock.wall())).field("status", bad_of(findings) == 0 ? "ok" : "bad").key("findings").begin_array();
  for (const Finding& finding : findings) {
    json.begin_object().field("what", finding.what).field("verdict", word(finding.verdict)).field("detail", finding.detail).end_object();
  }
  json.end_array().end_object();
  return line;
}

void show(const std::vector<Finding>& findings) {
  for (const Finding& finding : findings) {
    const std::string padding(finding.what.size() < 12 ? 12 - finding.what.size() : 1, ' ');
    say(std::string(mark(finding.verdict)) + ' ' + finding.what + padding + finding.detail);
  }
}

// One line a round: the time, each part's mark, and what is wrong.
void show_line(const std::vector<Finding>& findings, const Clock& clock) {
  std::string line = format_time(clock.wall());
  for (const Finding& finding : findings) line += "  " + std::string(mark(finding.verdict)) + ' ' + finding.what;
  for (const Finding& finding : findings) {
    if (finding.verdict == Verdict::kBad) line += "\n    " + finding.what + ": " + finding.detail;
  }
  say(line);
}

Result<void> verdict_of(const std::vector<Finding>& findings) {
  const std::size_t bad = bad_of(findings);
  if (bad == 0) return {};
  return Error{Errc::kInternal, std::to_string(bad) + " of " + std::to_string(findings.size()) + " parts are not well"};
}

Result<void> run_check(Program& program) {
  const auto findings = probe(program);
  program.json() ? say(as_json(findings, program.clock())) : show(findings);
  return verdict_of(findings);
}

Result<void> run_monitor(Program& program) {
  FRESHET_TRY(interval, program.duration("interval", std::chrono::seconds(30)));
  if (interval.count() == 0) return Error{Errc::kInvalidArgument, "--interval is at least 1s"};
  std::signal(SIGINT, [](int) { stopped = 1; });
  std::signal(SIGTERM, [](int) { stopped = 1; });
  while (true) {
    const auto findings = probe(program);
    program.json() ? say(as_json(findings, program.clock())) : show_line(findings, program.clock());
    std::fflush(stdout);
    if (!program.has("continuous")) return verdict_of(findings);
    timespec pause{static_cast<std::time_t>(interval.count()), 0};
    if (stopped != 0 || (::nanosleep(&pause, nullptr) != 0 && stopped != 0)) return {};
  }
}

constexpr Option kMonitorOptions[] = {
    {"continuous", Takes::kNothing, "", "again and again, until interrupted"},
    {"interval", Takes::kValue, "DURATION", "between two rounds (30s)"},
};

}  // namespace

const Command kCheck{"check", "look at every part of the site; exit 1 when one is not well", "", {}, run_check};
const Command kMonitor{"monitor", "the same in one line, with --continuous every --interval", "", kMonitorOptions, run_monitor};

}  // namespace freshet::cli
