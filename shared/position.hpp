// Position: a place in the log, `<epoch>-<sequence>`; SSE id, resume cursor, version of the read model, heart of each ETag.
//
// Shape     the epoch is 8 characters of [a-z0-9]; it changes when a log is restored or imported, so a position of the old
//           log is never mistaken for one of the new. The sequence is the message's stream sequence, decimal, from 1;
//           0 stands before the first.
// Source    CONTRACT 1 and 8; DESIGN "ETag"
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "shared/result.hpp"

namespace freshet {

// Place of a message in a JetStream stream. Never to be mixed with a consumer's own sequence.
struct StreamSequence {
  std::uint64_t value = 0;
  auto operator<=>(const StreamSequence&) const = default;
};

[[nodiscard]] Result<StreamSequence> parse_sequence(std::string_view text);

struct Position {
  std::string epoch;
  StreamSequence sequence;
  bool operator==(const Position&) const = default;
};

[[nodiscard]] bool is_epoch(std::string_view text);
[[nodiscard]] std::string format_position(std::string_view epoch, StreamSequence sequence);
[[nodiscard]] Result<Position> parse_position(std::string_view text);

// EntityTag: the quoted strong ETag of one representation,
//   "<epoch>-<sequence>-<projection>-<language>"            or
//   "<epoch>-<sequence>-<projection>.<related>-<language>"
// `sequence` is that of the entity's subject (for a list, where its answer last changed); `related` is the newest sequence of
// what the representation borrows from other subjects (an article shows its category's name), 0 where there is none.
// If-None-Match compares whole tags; If-Match only epoch and sequence, which is what a writer saw of the entity.
struct EntityTag {
  std::string epoch;
  StreamSequence sequence;
  StreamSequence related;
  std::string language;
  bool operator==(const EntityTag&) const = default;
};

inline constexpr int kProjectionVersion = 2;  // a changed schema or rendering gets the next number: every cached answer is then old

[[nodiscard]] std::string format_etag(const EntityTag& tag);
[[nodiscard]] std::optional<EntityTag> parse_etag(std::string_view text);  // weak tags (`W/"…"`) are read as strong ones

// True when an If-None-Match header names `etag` (a list, or `*`); weak comparison, RFC 9110 13.1.2.
[[nodiscard]] bool if_none_match_matches(std::string_view header, std::string_view etag);

}  // namespace freshet
