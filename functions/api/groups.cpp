#include "functions/api/groups.hpp"

#include <algorithm>

#include "functions/api/account.hpp"
#include "functions/api/names.hpp"
#include "functions/api/once.hpp"
#include "functions/api/reads.hpp"
#include "functions/api/retry.hpp"
#include "shared/id.hpp"
#include "shared/limits.hpp"
#include "shared/subject.hpp"

namespace freshet::api {
namespace {

constexpr std::string_view kList = "/api/groups/";

Append group_append(Context& context, const Group& group, Change change, StreamSequence expected) {
  Event event = make_event("group", change, context.clock.wall(), context.random);
  event.traceparent = context.traceparent;
  return Append{group_subject(group.id), event_headers(event), encode_group(group), expected, {}};
}

Response group_response(std::string body, std::string_view epoch, StreamSequence sequence, StreamSequence position) {
  Response response = json_response(201, std::move(body));
  response.set("etag", format_etag(EntityTag{std::string(epoch), sequence, {}, "en"}))
      .set("freshet-position", format_position(epoch, position));
  return response;
}

Result<Response> create_once(Context& context, const std::string& name, const Once& once) {
  FRESHET_TRY(epoch, context.log.epoch());
  FRESHET_TRY(kept, once.kept(context));
  if (kept) return group_response(kept->body, epoch, kept->event(), kept->sequence);
  const Group group{make_id(context.clock.wall(), context.random), name, {}, false};
  std::string body;
  JsonWriter(body).begin_object().field("id", group.id).field("name", group.name).end_object();
  std::vector<Append> appends{group_append(context, group, Change::kCreated, StreamSequence{0})};
  FRESHET_TRY(created, commit_create(context.log, once, std::move(appends), body));
  return group_response(std::move(body), epoch, created.event, created.position);
}

enum class Membership : std::uint8_t { kOut, kIn };

Result<Response> change_once(Context& context, std::string_view group_id, std::string_view user_id, Membership wanted) {
  FRESHET_TRY(epoch, context.log.epoch());
  const Error no_such_group{Errc::kNotFound, "no such group"};
  if (!is_id(group_id)) return no_such_group;
  FRESHET_TRY(logged, context.log.read(group_subject(group_id)));
  if (logged.free()) return no_such_group;
  FRESHET_TRY(group, decode_group(logged.payload));
  if (group.deleted) return no_such_group;
  FRESHET_TRY(account, find_account(context, user_id));
  if (!account) return Error{Errc::kNotFound, "no such user"};
  StreamSequence position = logged.sequence;
  const auto member = std::find(group.members.begin(), group.members.end(), user_id);
  const bool is_in = member != group.members.end();
  if (is_in != (wanted == Membership::kIn)) {
    if (is_in) {
      group.members.erase(member);
    } else if (group.members.size() >= kMembersMax) {
      return Error{Errc::kPayloadTooLarge, "a group has at most " + std::to_string(kMembersMax) + " members"};
    } else {
      group.members.emplace_back(user_id);
    }
    FRESHET_TRY(stored, context.log.append(group_append(context, group, Change::kUpdated, logged.sequence)));
    position = stored;
  }
  Response response;
  response.status = 204;
  response.set("freshet-position", format_position(epoch, position));
  return response;
}

Result<Response> change_member(Request& request, Context& context, Membership wanted) {
  return with_retries<Response>([&] { return change_once(context, request.parameters[0], request.parameters[1], wanted); });
}

}  // namespace

std::vector<Route> group_routes() {
  constexpr const char* kMember = "/api/groups/{id}/members/{user_id}/";
  return {
      {Method::kGet, kList, Access::kStaff, list_groups},
      {Method::kPost, kList, Access::kStaff, create_group, limits::kJsonBodyBytes},
      {Method::kPut, kMember, Access::kStaff, put_member, limits::kJsonBodyBytes},
      {Method::kDelete, kMember, Access::kStaff, delete_member},
  };
}

Result<Response> list_groups(Request& request, Context& context) { return ask_page("groups.list", kList, request, context); }

Result<Response> create_group(Request& request, Context& context) {
  FRESHET_TRY(object, parse_json_object(request.body));
  Fields fields(object);
  const auto name = fields.text("name", Presence::kRequired, limits::kNameCodePoints, 1);
  FRESHET_TRY_VOID(fields.finish());
  FRESHET_TRY(once, Once::of(request, context));
  return with_retries<Response>([&] { return create_once(context, *name, once); });
}

Result<Response> put_member(Request& request, Context& context) { return change_member(request, context, Membership::kIn); }
Result<Response> delete_member(Request& request, Context& context) { return change_member(request, context, Membership::kOut); }

}  // namespace freshet::api
