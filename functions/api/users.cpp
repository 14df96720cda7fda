#include "functions/api/users.hpp"

#include "functions/api/account.hpp"
#include "functions/api/conditional.hpp"
#include "functions/api/login_attempt.hpp"
#include "functions/api/names.hpp"
#include "functions/api/once.hpp"
#include "functions/api/problem.hpp"
#include "functions/api/reads.hpp"
#include "functions/api/retry.hpp"
#include "functions/api/user_input.hpp"
#include "shared/auth/password.hpp"
#include "shared/id.hpp"
#include "shared/limits.hpp"
#include "shared/subject.hpp"
#include "shared/unicode.hpp"

namespace freshet::api {
namespace {

constexpr std::string_view kList = "/api/users/";
constexpr std::string_view kLanguage = "en";  // a profile has none; every tag has one

std::string render(const User& user, const std::vector<GroupName>& groups) {
  std::string out;
  JsonWriter writer(out);
  append_profile(writer, user, groups);
  return out;
}

Error name_taken() { return Error{Errc::kNameTaken, "somebody has this username", {{"username", {"This username is taken."}}}}; }

Append claim_name(Context& context, const User& user, StreamSequence expected) {
  Event event = make_event("username", Change::kCreated, context.clock.wall(), context.random);
  event.traceparent = context.traceparent;
  Append claim{username_subject(fold(user.username)), event_headers(event), {}, expected, {}};
  JsonWriter(claim.payload).begin_object().field("id", user.id).end_object();
  return claim;
}

Response profile_response(std::uint16_t status, std::string body, std::string_view epoch, StreamSequence sequence,
                          StreamSequence position) {
  Response response = json_response(status, std::move(body));
  response.set("etag", format_etag(EntityTag{std::string(epoch), sequence, {}, std::string(kLanguage)}));
  response.set("freshet-position", format_position(epoch, position));
  if (status == 201) response.set("location", "/api/users/me/");
  return response;
}

User new_user(Context& context, const UserInput& input) {
  User user;
  user.created_at = context.clock.wall();
  user.id = make_id(user.created_at, context.random);
  user.username = *input.username;
  user.name = input.name.value_or("");
  user.email = input.email.value_or("");
  user.avatar = input.avatar.value_or("");
  return user;
}

Result<Response> create_once(Context& context, const UserInput& input, const Once& once, std::string& hash) {
  FRESHET_TRY(epoch, context.log.epoch());
  FRESHET_TRY(kept, once.kept(context));
  if (kept) return profile_response(kept->status, kept->body, epoch, kept->event(), kept->sequence);
  FRESHET_TRY(claim, context.log.read(username_subject(fold(*input.username))));
  if (!claim.free()) return name_taken();
  if (hash.empty()) {
    FRESHET_TRY(made, hash_password(*input.password));
    hash = std::move(made);
  }
  User user = new_user(context, input);
  user.password = hash;
  std::string body = render(user, {});
  std::vector<Append> appends{claim_name(context, user, claim.sequence), user_append(context, user, Change::kCreated, StreamSequence{0})};
  FRESHET_TRY(created, commit_create(context.log, once, std::move(appends), body));
  return profile_response(201, std::move(body), epoch, created.event, created.position);
}

// What the store shows of a user, not older than his state is in the log.
Result<Answer> ask_profile(Context& context, std::string_view id, std::string_view min_position) {
  std::string parameters;
  JsonWriter(parameters).begin_object().field("id", id).end_object();
  return context.store.ask("users.get", parameters, min_position);
}

Result<Response> stranger_profile(const Request& request, Context& context) {
  FRESHET_TRY(epoch, context.log.epoch());
  User user;
  user.id = context.principal->id;
  user.username = context.principal->username;
  user.is_staff = context.principal->is_staff;
  Answer answer;
  answer.position = format_position(epoch, StreamSequence{0});
  answer.etag = format_etag(EntityTag{epoch, {}, {}, std::string(kLanguage)});
  answer.body = render(user, {});
  return read_response(request, context.settings, Audience::kUser, std::move(answer));
}

Result<std::vector<GroupName>> groups_of(Context& context, std::string_view id, std::string_view min_position) {
  FRESHET_TRY(answer, ask_profile(context, id, min_position));
  FRESHET_TRY(profile, parse_json_object(answer.body));
  std::vector<GroupName> groups;
  const Json* listed = json_member(profile, "groups");
  if (listed == nullptr || !listed->is_array()) return groups;
  for (const Json& group : *listed) groups.push_back(GroupName{json_text_or(group, "id", ""), json_text_or(group, "name", "")});
  return groups;
}

Result<void> change_password(Context& context, const UserInput& input, User& user) {
  FRESHET_TRY(attempt, LoginAttempt::begin(context, fold(user.username)));
  if (check_password(*input.current_password, user.password) == PasswordCheck::kWrong) {
    return Error{Errc::kInvalidArgument, "the current password is another", {{"current_password", {"This is not the current password."}}}};
  }
  attempt.succeeded(context);
  FRESHET_TRY(hash, hash_password(*input.password));
  user.password = std::move(hash);
  user.tokens_valid_from = context.clock.wall() + std::chrono::milliseconds(1);  // no token of this very millisecond, either
  return {};
}

Result<Response> patch_once(const Request& request, Context& context, const UserInput& input) {
  FRESHET_TRY(epoch, context.log.epoch());
  FRESHET_TRY(account, find_account(context, context.principal->id));
  if (!account) return Error{Errc::kForbidden, "this account is kept by another system"};
  FRESHET_TRY(groups, groups_of(context, account->user.id, format_position(epoch, account->sequence)));
  if (!IfMatch(request).allows(epoch, account->sequence)) {
    Response response = problem_with(Error{Errc::kConflict, "the profile was changed since it was read; `current` is what it is now"},
                                     "current", render(account->user, groups));
    response.set("etag", format_etag(EntityTag{epoch, account->sequence, {}, std::string(kLanguage)}));
    return response;
  }
  User user = account->user;
  if (input.name) user.name = *input.name;
  if (input.email) user.email = *input.email;
  if (input.avatar) user.avatar = *input.avatar;
  if (input.password) FRESHET_TRY_VOID(change_password(context, input, user));
  FRESHET_TRY(position, context.log.append(user_append(context, user, Change::kUpdated, account->sequence)));
  return profile_response(200, render(user, groups), epoch, position, position);
}

}  // namespace

std::vector<Route> user_routes() {
  return {
      {Method::kGet, "/api/users/", Access::kStaff, list_users},
      {Method::kPost, "/api/users/", Access::kPublic, create_user, limits::kJsonBodyBytes},
      {Method::kGet, "/api/users/me/", Access::kUser, get_me},
      {Method::kPatch, "/api/users/me/", Access::kUser, patch_me, limits::kJsonBodyBytes},
  };
}

Result<Response> create_user(Request& request, Context& context) {
  if (context.settings.registration == Registration::kOff && !context.is_staff()) return Error{Errc::kForbidden, "registration is closed"};
  FRESHET_TRY(input, parse_new_user(request.body));
  FRESHET_TRY(once, Once::of(request, context));
  std::string hash;
  return with_retries<Response>([&] { return create_once(context, input, once, hash); });
}

Result<Response> list_users(Request& request, Context& context) { return ask_page("users.list", kList, request, context); }

Result<Response> get_me(Request& request, Context& context) {
  const Principal& who = *context.principal;
  if (who.sequence.value == 0) return stranger_profile(request, context);
  FRESHET_TRY(epoch, context.log.epoch());
  FRESHET_TRY(asked, min_position(request));
  // At least the state that the log holds now: a client reads its own write also without saying from when.
  Position wanted{epoch, who.sequence};
  if (!asked.empty()) {
    FRESHET_TRY(position, parse_position(asked));
    if (position.epoch != epoch || position.sequence > wanted.sequence) wanted = position;
  }
  FRESHET_TRY(answer, ask_profile(context, who.id, format_position(wanted.epoch, wanted.sequence)));
  const auto people = parse_etag(answer.etag);
  const StreamSequence related = people && people->sequence > who.sequence ? people->sequence : StreamSequence{};
  answer.etag = format_etag(EntityTag{epoch, who.sequence, related, std::string(kLanguage)});
  return read_response(request, context.settings, Audience::kUser, std::move(answer));
}

Result<Response> patch_me(Request& request, Context& context) {
  FRESHET_TRY(input, parse_profile_change(request.body));
  return with_retries<Response>([&] { return patch_once(request, context, input); });
}

}  // namespace freshet::api
