// Account: a user's state in the log, found by id or name, and the messages that change it.
//
// Shape     `log.user.<id>` holds the state, `log.username.<folded name>` the claim {"id"} (DESIGN rule 2)
// Source    shared/domain/user.hpp
#pragma once

#include <optional>
#include <string_view>

#include "functions/api/context.hpp"
#include "functions/api/log.hpp"
#include "shared/domain/user.hpp"

namespace freshet::api {

struct Account {
  User user;
  StreamSequence sequence{};
};

[[nodiscard]] Result<std::optional<Account>> find_account(Context& context, std::string_view id);
[[nodiscard]] Result<std::optional<Account>> find_account_by_name(Context& context, std::string_view username);

[[nodiscard]] Append user_append(Context& context, const User& user, Change change, StreamSequence expected);

}  // namespace freshet::api
