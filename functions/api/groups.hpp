// Groups: named sets of users, kept by staff (CONTRACT 2; the seed's colleges).
//
// Bounds    kMembersMax members a group; a name has 1 to limits::kNameCodePoints
// Errors    kNotFound: no such group or user; kPayloadTooLarge: the group is full
// Shape     PUT and DELETE of a member answer 204 also where nothing had to change
#pragma once

#include <vector>

#include "functions/api/router.hpp"

namespace freshet::api {

inline constexpr std::size_t kMembersMax = 10'000;

[[nodiscard]] std::vector<Route> group_routes();

[[nodiscard]] Result<Response> list_groups(Request& request, Context& context);
[[nodiscard]] Result<Response> create_group(Request& request, Context& context);
[[nodiscard]] Result<Response> put_member(Request& request, Context& context);
[[nodiscard]] Result<Response> delete_member(Request& request, Context& context);

}  // namespace freshet::api
