// The texts of JetStream that the log side reads: acknowledgement subjects, API answers.
//
// Source    NATS ADR-15 (`$JS.ACK` subjects, both shapes), JetStream API `STREAM.INFO`
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "shared/position.hpp"

namespace freshet::broker {

struct Delivered {
  std::string_view consumer;
  StreamSequence stream_sequence;
  std::uint64_t consumer_sequence = 0;
};
// From the reply subject of a message that a consumer delivered. Views into `reply`.
[[nodiscard]] std::optional<Delivered> parse_ack_subject(std::string_view reply);

struct StreamState {
  StreamSequence first;
  StreamSequence last;
};
// From the answer to STREAM.INFO.
[[nodiscard]] std::optional<StreamState> parse_stream_info(std::string_view payload);

[[nodiscard]] std::optional<std::uint64_t> parse_count(std::string_view text);

}  // namespace freshet::broker
