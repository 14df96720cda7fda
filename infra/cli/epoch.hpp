// The epoch of a log: the last `log.epoch` counts.
#pragma once

#include <string>

#include "shared/nats/jetstream.hpp"

namespace freshet::cli {

// kNotFound where `freshet init` has not run.
[[nodiscard]] Result<std::string> read_epoch(nats::JetStream& log);
// Appends a new one: every position given so far is then of another log. `expected` is the last one's sequence, 0 for none.
[[nodiscard]] Result<void> append_epoch(nats::JetStream& log, Random& random, StreamSequence expected);

}  // namespace freshet::cli
