#include "functions/api/names.hpp"

#include "shared/event.hpp"
#include "shared/id.hpp"
#include "shared/json.hpp"
#include "shared/text.hpp"

namespace freshet::api {
namespace {

HeaderList claim_headers(Context& context, Change change) {
  Event event = make_event("slug", change, context.clock.wall(), context.random);
  event.traceparent = context.traceparent;
  return event_headers(event);
}

}  // namespace

std::string owner_of(const Logged& claim) {
  if (claim.free()) return {};
  const auto state = parse_json_object(claim.payload);
  return state.ok() ? json_text_or(*state, "id", "") : std::string();
}

Error slug_taken(std::string_view slug) {
  return Error{Errc::kNameTaken, "the slug '" + std::string(slug) + "' belongs to another one", {{"slug", {"This slug is taken."}}}};
}

Append claim_slug(Context& context, EntityKind kind, std::string_view slug, std::string_view id, StreamSequence expected) {
  Append claim{slug_subject(kind, slug), claim_headers(context, Change::kCreated), {}, expected, {}};
  JsonWriter(claim.payload).begin_object().field("id", id).end_object();
  return claim;
}

Append release_slug(Context& context, EntityKind kind, std::string_view slug, StreamSequence expected) {
  return Append{slug_subject(kind, slug), claim_headers(context, Change::kDeleted), {}, expected, {}};
}

Result<std::vector<Append>> move_slug(Context& context, EntityKind kind, std::string_view id, std::string_view from, std::string_view to) {
  const std::vector<std::string> subjects{slug_subject(kind, to), slug_subject(kind, from)};
  FRESHET_TRY(claims, context.log.read_all(subjects));
  if (!owner_of(claims[0]).empty()) return slug_taken(to);
  std::vector<Append> appends{claim_slug(context, kind, to, id, claims[0].sequence)};
  if (owner_of(claims[1]) == id) appends.push_back(release_slug(context, kind, from, claims[1].sequence));
  return appends;
}

Result<StreamSequence> find_free_slug(Context& context, EntityKind kind, std::string_view slug, SlugFrom from) {
  FRESHET_TRY(claim, context.log.read(slug_subject(kind, slug)));
  if (owner_of(claim).empty()) return claim.sequence;
  if (from == SlugFrom::kAuthor) return slug_taken(slug);
  return Error{Errc::kConflict, "the slug that was made is taken"};
}

Result<StreamSequence> commit_change(Context& context, EntityKind kind, std::string_view id, std::string_view slug_before,
                                     std::string_view slug_now, Append event) {
  std::vector<Append> appends;
  if (slug_now != slug_before) {
    FRESHET_TRY(moved, move_slug(context, kind, id, slug_before, slug_now));
    appends = std::move(moved);
  }
  appends.push_back(std::move(event));
  return commit(context.log, appends);
}

Result<StreamSequence> commit(Log& log, const std::vector<Append>& appends) {
  return appends.size() == 1 ? log.append(appends.front()) : log.append_batch(appends);
}

Result<std::string> id_of(Context& context, EntityKind kind, std::string_view key) {
  if (is_id(key)) return std::string(key);
  const Error not_found{Errc::kNotFound, "no such " + std::string(name_of(kind))};
  if (!is_slug(key)) return not_found;
  FRESHET_TRY(claim, context.log.read(slug_subject(kind, key)));
  std::string id = owner_of(claim);
  if (id.empty()) return not_found;
  return id;
}

}  // namespace freshet::api
