#include "functions/api/account.hpp"

#include "functions/api/names.hpp"
#include "shared/event.hpp"
#include "shared/id.hpp"
#include "shared/subject.hpp"
#include "shared/unicode.hpp"

namespace freshet::api {

Result<std::optional<Account>> find_account(Context& context, std::string_view id) {
  if (!is_id(id)) return std::optional<Account>();
  FRESHET_TRY(logged, context.log.read(user_subject(id)));
  if (logged.free()) return std::optional<Account>();
  FRESHET_TRY(user, decode_user(logged.payload));
  return std::optional<Account>(Account{std::move(user), logged.sequence});
}

Result<std::optional<Account>> find_account_by_name(Context& context, std::string_view username) {
  FRESHET_TRY(claim, context.log.read(username_subject(fold(username))));
  return find_account(context, owner_of(claim));
}

Append user_append(Context& context, const User& user, Change change, StreamSequence expected) {
  Event event = make_event("user", change, context.clock.wall(), context.random);
  event.traceparent = context.traceparent;
  return Append{user_subject(user.id), event_headers(event), encode_user(user), expected, {}};
}

}  // namespace freshet::api
