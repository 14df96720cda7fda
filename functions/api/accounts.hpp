// Accounts: every route of CONTRACT 2 but the key set (documents.hpp).
#pragma once

#include <vector>

#include "functions/api/groups.hpp"
#include "functions/api/router.hpp"
#include "functions/api/tokens.hpp"
#include "functions/api/users.hpp"

namespace freshet::api {

[[nodiscard]] inline std::vector<Route> account_routes() {
  std::vector<Route> all;
  for (const auto& some : {token_routes(), user_routes(), group_routes()}) all.insert(all.end(), some.begin(), some.end());
  return all;
}

}  // namespace freshet::api
