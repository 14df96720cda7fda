// UserInput: what a client sends of a user, checked.
//
// Bounds    limits.hpp; an e-mail address has 3 to 254 characters, one `@` with something on both sides, and no spaces; an avatar is
//           an address that an image may have (http, https or relative), at most 2,048 characters
// Errors    kInvalidArgument, naming every bad field
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "shared/result.hpp"

namespace freshet::api {

struct UserInput {
  std::optional<std::string> username;
  std::optional<std::string> password;
  std::optional<std::string> current_password;
  std::optional<std::string> name;
  std::optional<std::string> email;
  std::optional<std::string> avatar;
};

// username and password are there.
[[nodiscard]] Result<UserInput> parse_new_user(std::string_view body);
// No username: it does not change. With a password there is current_password.
[[nodiscard]] Result<UserInput> parse_profile_change(std::string_view body);

}  // namespace freshet::api
