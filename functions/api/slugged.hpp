// Slugged: reading, creating, changing and deleting one of a kind of things that have an id and a unique slug (categories, courses).
//
// Shape     each write is one append, or one batch where a slug changes hands. A `Kind` says what is its own:
//             using Entity                  {id, slug, deleted, …}
//             using Input                   {slug?, …}
//             static constexpr EntityKind kKind;  static constexpr std::string_view kList   the address of its list
//             static std::string subject(std::string_view id)
//             static std::string encode(const Entity&)      static Result<Entity> decode(std::string_view)
//             static Event event(const Entity* before, const Entity& now, WallTime, Random&)
//             static Result<void> apply(const Input&, const Entity* before, Entity& now, WallTime)
//             static std::string title(const Entity&)       what a slug is made of
//             static std::string render(const Entity&, Language)
//             static Entity gone(const Entity& before, WallTime)   where it can be deleted
// Errors    kNotFound, kNameTaken; 412 with `current`; 503 when others kept changing the same thing
// Source    DESIGN rules 1 and 2; CONTRACT 1 (If-Match, Idempotency-Key)
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "functions/api/conditional.hpp"
#include "functions/api/names.hpp"
#include "functions/api/once.hpp"
#include "functions/api/problem.hpp"
#include "functions/api/retry.hpp"
#include "functions/api/slugs.hpp"
#include "shared/domain/language.hpp"
#include "shared/id.hpp"

namespace freshet::api {

template <typename Kind>
class Slugged {
 public:
  using Entity = typename Kind::Entity;
  using Input = typename Kind::Input;
  struct State {
    Entity entity;
    StreamSequence sequence{};  // of its subject
  };

  Slugged(Request& request, Context& context, Language language) : request_(request), context_(context), language_(language) {}

  // By id or slug, from the log itself.
  [[nodiscard]] Result<State> read(std::string_view key) {
    const Error none{Errc::kNotFound, "no such " + std::string(name_of(Kind::kKind))};
    FRESHET_TRY(id, id_of(context_, Kind::kKind, key));
    FRESHET_TRY(logged, context_.log.read(Kind::subject(id)));
    if (!logged.exists()) return none;
    FRESHET_TRY(entity, Kind::decode(logged.payload));
    if (entity.deleted || (!is_id(key) && entity.slug != key)) return none;
    return State{std::move(entity), logged.sequence};
  }

  [[nodiscard]] std::string etag(const State& state, std::string_view epoch) const {
    return format_etag(EntityTag{std::string(epoch), state.sequence, {}, std::string(code_of(language_))});
  }

  [[nodiscard]] Result<Response> create(const Input& input) {
    FRESHET_TRY(once, Once::of(request_, context_));
    SlugTry how = SlugTry::kPlain;
    return with_retries<Response>([&] { return create_once(input, once, std::exchange(how, SlugTry::kWithRandom)); });
  }
  [[nodiscard]] Result<Response> change(const Input& input) {
    return with_retries<Response>([&] { return change_once(input); });
  }
  [[nodiscard]] Result<Response> remove() {
    return with_retries<Response>([&] { return remove_once(); });
  }

 private:
  Append append(const Entity* before, const Entity& now, StreamSequence expected) {
    Event event = Kind::event(before, now, context_.clock.wall(), context_.random);
    event.traceparent = context_.traceparent;
    return Append{Kind::subject(now.id), event_headers(event), Kind::encode(now), expected, {}};
  }

  [[nodiscard]] Response response(std::uint16_t status, const State& state, std::string_view epoch, StreamSequence position) const {
    Response response = json_response(status, Kind::render(state.entity, language_));
    response.set("etag", etag(state, epoch)).set("freshet-position", format_position(epoch, position));
    if (status == 201) response.set("location", std::string(Kind::kList) + state.entity.id + '/');
    return response;
  }

  Result<Response> created_before(const Kept& kept, std::string_view epoch) {
    FRESHET_TRY(logged, context_.log.read_at(kept.event()));
    FRESHET_TRY(entity, Kind::decode(logged.payload));
    return response(kept.status, State{std::move(entity), logged.sequence}, epoch, kept.sequence);
  }

  Result<Response> create_once(const Input& input, const Once& once, SlugTry how) {
    FRESHET_TRY(epoch, context_.log.epoch());
    FRESHET_TRY(kept, once.kept(context_));
    if (kept) return created_before(*kept, epoch);
    State state;
    Entity& entity = state.entity;
    const WallTime now = context_.clock.wall();
    entity.id = make_id(now, context_.random);
    FRESHET_TRY_VOID(Kind::apply(input, nullptr, entity, now));
    if (!input.slug) entity.slug = make_slug(Kind::title(entity), how, context_.random);
    const SlugFrom from = input.slug ? SlugFrom::kAuthor : SlugFrom::kTitle;
    FRESHET_TRY(free, find_free_slug(context_, Kind::kKind, entity.slug, from));
    std::vector<Append> appends{claim_slug(context_, Kind::kKind, entity.slug, entity.id, free),
                                append(nullptr, entity, StreamSequence{0})};
    FRESHET_TRY(created, commit_create(context_.log, once, std::move(appends)));
    state.sequence = created.event;
    return response(201, state, epoch, created.position);
  }

  Result<Response> change_once(const Input& input) {
    FRESHET_TRY(epoch, context_.log.epoch());
    FRESHET_TRY(before, read(request_.parameters[0]));
    if (!IfMatch(request_).allows(epoch, before.sequence)) return changed_by_somebody_else(before, epoch);
    State now = before;
    FRESHET_TRY_VOID(Kind::apply(input, &before.entity, now.entity, context_.clock.wall()));
    FRESHET_TRY(position, commit_change(context_, Kind::kKind, now.entity.id, before.entity.slug, now.entity.slug,
                                        append(&before.entity, now.entity, before.sequence)));
    now.sequence = position;
    return response(200, now, epoch, position);
  }

  Result<Response> remove_once() {
    FRESHET_TRY(epoch, context_.log.epoch());
    FRESHET_TRY(before, read(request_.parameters[0]));
    if (!IfMatch(request_).allows(epoch, before.sequence)) return changed_by_somebody_else(before, epoch);
    const Entity gone = Kind::gone(before.entity, context_.clock.wall());
    FRESHET_TRY(claim, context_.log.read(slug_subject(Kind::kKind, gone.slug)));
    std::vector<Append> appends;
    if (owner_of(claim) == gone.id) appends.push_back(release_slug(context_, Kind::kKind, gone.slug, claim.sequence));
    appends.push_back(append(&before.entity, gone, before.sequence));
    FRESHET_TRY(position, commit(context_.log, appends));
    Response response;
    response.status = 204;
    response.set("freshet-position", format_position(epoch, position));
    return response;
  }

  [[nodiscard]] Response changed_by_somebody_else(const State& state, std::string_view epoch) const {
    const std::string what(name_of(Kind::kKind));
    Response response = problem_with(Error{Errc::kConflict, "the " + what + " was changed since it was read; `current` is what it is now"},
                                     "current", Kind::render(state.entity, language_));
    response.set("etag", etag(state, epoch)).set("freshet-position", format_position(epoch, state.sequence));
    return response;
  }

  Request& request_;
  Context& context_;
  const Language language_;
};

}  // namespace freshet::api
