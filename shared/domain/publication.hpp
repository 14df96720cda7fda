// Publication: what everything has that is a draft or published (articles, courses).
//
// Source    CONTRACT 3 and 4; who may see what follows from it (DESIGN rule 6)
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "shared/event.hpp"

namespace freshet {

enum class PublicationStatus : std::uint8_t { kDraft, kPublished };
[[nodiscard]] std::string_view name_of(PublicationStatus status);
[[nodiscard]] std::optional<PublicationStatus> parse_publication_status(std::string_view text);

// What an entity that carries a status shows to everybody.
template <typename Entity>
[[nodiscard]] Visibility visibility_of(const Entity& entity) {
  return entity.status == PublicationStatus::kPublished && !entity.deleted ? Visibility::kPublic : Visibility::kHidden;
}

enum class Existence : std::uint8_t { kNone, kThere };
[[nodiscard]] Change change_between(Existence existed, Visibility before, Existence exists, Visibility now);

// The event that leads from `before` (nullptr: there was none) to `now`: its change, and who could and can see it.
template <typename Entity>
[[nodiscard]] Event publication_event(std::string_view kind, const Entity* before, const Entity& now, Random& random) {
  const Existence existed = before != nullptr && !before->deleted ? Existence::kThere : Existence::kNone;
  const Visibility visible = before != nullptr ? visibility_of(*before) : Visibility::kHidden;
  const Existence exists = now.deleted ? Existence::kNone : Existence::kThere;
  Event event = make_event(kind, change_between(existed, visible, exists, visibility_of(now)), now.updated_at, random);
  event.before = visible;
  event.now = visibility_of(now);
  return event;
}

}  // namespace freshet
