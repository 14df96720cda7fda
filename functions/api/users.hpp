// Users: registration, one's own profile, the staff's list (CONTRACT 2).
//
// Shape     profile: `id,username,name,avatar,is_staff,groups`; its ETag is that of the user's subject, related to the newest change of
//           any profile or group
// Errors    kNameTaken: somebody has the name, in whatever case or form (shared/unicode.hpp, fold)
//           kForbidden: registration is off (staff may still make users); changing the account of another system
// Password  changed with the current one at hand, which counts as a login attempt; it ends every session of the account
#pragma once

#include <vector>

#include "functions/api/router.hpp"

namespace freshet::api {

[[nodiscard]] std::vector<Route> user_routes();

[[nodiscard]] Result<Response> create_user(Request& request, Context& context);
[[nodiscard]] Result<Response> list_users(Request& request, Context& context);
[[nodiscard]] Result<Response> get_me(Request& request, Context& context);
[[nodiscard]] Result<Response> patch_me(Request& request, Context& context);

}  // namespace freshet::api
