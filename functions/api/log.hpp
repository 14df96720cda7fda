// Log: the one truth, as handlers use it: what a subject says now, and appending one message or a whole batch.
//
// Errors    kConflict: an expectation did not hold, nothing is stored; kUnavailable: the log cannot be reached or did not answer in
//           time (an append may then still have happened); kPayloadTooLarge: over what the server takes
// Source    DESIGN "Log", rules 1 and 2; NATS ADR-8, ADR-31 (direct get), ADR-50 (atomic batch)
#pragma once

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "shared/headers.hpp"
#include "shared/position.hpp"
#include "shared/result.hpp"

namespace freshet::api {

struct Logged {
  std::string subject;
  StreamSequence sequence{};  // 0: the subject is empty
  HeaderList headers;
  std::string payload;

  [[nodiscard]] bool exists() const { return sequence.value != 0; }
  // For names and claims: nothing there, or a tombstone (an empty payload), so that the name may be claimed expecting `sequence`.
  [[nodiscard]] bool free() const { return payload.empty(); }
};

struct Append {
  std::string subject;
  HeaderList headers;
  std::string payload;
  std::optional<StreamSequence> expected;   // the subject's last sequence as its author saw it; 0: empty
  std::optional<std::chrono::seconds> ttl;
};

class Log {
 public:
  virtual ~Log() = default;
  [[nodiscard]] virtual Result<std::string> epoch() = 0;
  // The last message of a subject; one that holds nothing is not an error.
  [[nodiscard]] virtual Result<Logged> read(std::string_view subject) = 0;
  // The same for many subjects, in their order, in as few round trips as possible.
  [[nodiscard]] virtual Result<std::vector<Logged>> read_all(std::span<const std::string> subjects) = 0;
  // The message at a sequence, kNotFound where the log keeps none.
  [[nodiscard]] virtual Result<Logged> read_at(StreamSequence sequence) = 0;
  [[nodiscard]] virtual Result<StreamSequence> append(const Append& message) = 0;
  // All or none; the messages get consecutive sequences, the answer is the last. At most 1,000 messages.
  [[nodiscard]] virtual Result<StreamSequence> append_batch(std::span<const Append> messages) = 0;
};

}  // namespace freshet::api
