// Probes: the questions by which one sees whether a site is well. Each is asked alone and answered in one line.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "infra/cli/command.hpp"

namespace freshet::cli {

enum class Verdict : std::uint8_t { kGood, kBad, kUnknown };  // kUnknown: cannot be told from here; not a failure

struct Finding {
  std::string what;     // `store`
  Verdict verdict = Verdict::kBad;
  std::string detail;   // `applied 1,024 of 1,024`
};

// nats-server, log, store, functions, broker, streams through the proxy, limits per address. Never fails: what cannot be asked is a finding.
[[nodiscard]] std::vector<Finding> probe(Program& program);

}  // namespace freshet::cli
