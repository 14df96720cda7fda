// Event: what the headers of a log message say: a CloudEvents 1.0 envelope and what routing needs to know.
//
// Shape     NATS binding, binary mode: `ce-specversion`, `ce-id`, `ce-type`, `ce-source`, `ce-time`, `content-type`, and
//           `traceparent` where the request had one. Beside them `Freshet-Change`, `Freshet-Public` (two of 0 and 1: visible to
//           everybody before, and now) and `Freshet-Languages` (of the translations before or now).
// Source    CloudEvents NATS Protocol Binding 3.1; W3C Trace Context; DESIGN rule 6
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "shared/clock.hpp"
#include "shared/headers.hpp"
#include "shared/random.hpp"
#include "shared/result.hpp"

namespace freshet {

enum class Change : std::uint8_t { kCreated, kUpdated, kPublished, kUnpublished, kDeleted };
[[nodiscard]] std::string_view name_of(Change change);

enum class Visibility : std::uint8_t { kHidden, kPublic };

struct Event {
  std::string id;      // ULID
  std::string type;    // `freshet.article.published`
  WallTime time{};
  Change change = Change::kUpdated;
  Visibility before = Visibility::kHidden;
  Visibility now = Visibility::kHidden;
  std::string languages;    // `en`, `th`, `en,th`, or empty where it does not apply
  std::string traceparent;  // empty where there is none
};

// A new event of `kind` (`article`, `user`, …); the id is made from the time and `random`.
[[nodiscard]] Event make_event(std::string_view kind, Change change, WallTime now, Random& random);

[[nodiscard]] HeaderList event_headers(const Event& event);
[[nodiscard]] Result<Event> parse_event(const HeaderList& headers);

}  // namespace freshet
