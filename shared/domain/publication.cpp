#include "shared/domain/publication.hpp"

namespace freshet {

std::string_view name_of(PublicationStatus status) { return status == PublicationStatus::kDraft ? "draft" : "published"; }

std::optional<PublicationStatus> parse_publication_status(std::string_view text) {
  for (const PublicationStatus status : {PublicationStatus::kDraft, PublicationStatus::kPublished}) {
    if (text == name_of(status)) return status;
  }
  return std::nullopt;
}

Change change_between(Existence existed, Visibility before, Existence exists, Visibility now) {
  if (exists == Existence::kNone) return Change::kDeleted;
  if (before != now) return now == Visibility::kPublic ? Change::kPublished : Change::kUnpublished;
  return existed == Existence::kNone ? Change::kCreated : Change::kUpdated;
}

}  // namespace freshet
