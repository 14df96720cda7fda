// Names: claims of unique slugs in the log.
//
// Shape     `log.slug.<kind>.<slug>` holds {"id"} of whom the slug belongs to, or a tombstone. Claim and release travel in the batch of
//           the change they belong to, each expecting what its author read: of two writers one gets the slug (DESIGN rule 2).
// Errors    kNameTaken with the field `slug`
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "functions/api/context.hpp"
#include "functions/api/log.hpp"
#include "shared/subject.hpp"

namespace freshet::api {

// Whom a read claim belongs to; empty when the slug is free.
[[nodiscard]] std::string owner_of(const Logged& claim);
[[nodiscard]] Error slug_taken(std::string_view slug);

[[nodiscard]] Append claim_slug(Context& context, EntityKind kind, std::string_view slug, std::string_view id, StreamSequence expected);
[[nodiscard]] Append release_slug(Context& context, EntityKind kind, std::string_view slug, StreamSequence expected);

// The messages that take an entity from one slug to another; kNameTaken when another one has it.
[[nodiscard]] Result<std::vector<Append>> move_slug(Context& context, EntityKind kind, std::string_view id, std::string_view from,
                                                    std::string_view to);

// The sequence that a claim of a new entity's slug expects. Of a slug that is taken: kNameTaken where its author chose it, kConflict where it
// was made for him, so that another one is tried.
enum class SlugFrom : std::uint8_t { kAuthor, kTitle };
[[nodiscard]] Result<StreamSequence> find_free_slug(Context& context, EntityKind kind, std::string_view slug, SlugFrom from);

// Appends an entity's new state, `event`, and where its slug is another one than before what moves it there: one message or one batch.
[[nodiscard]] Result<StreamSequence> commit_change(Context& context, EntityKind kind, std::string_view id, std::string_view slug_before,
                                                   std::string_view slug_now, Append event);

// Appends what belongs together: one message as a plain append, several as one batch. The last one's sequence.
[[nodiscard]] Result<StreamSequence> commit(Log& log, const std::vector<Append>& appends);

// The id behind a path's `{id or slug}`; kNotFound when nothing has it. An id is not looked up.
[[nodiscard]] Result<std::string> id_of(Context& context, EntityKind kind, std::string_view key);

}  // namespace freshet::api
