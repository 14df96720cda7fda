// User: an account; and Group: a named set of users (the seed's colleges).
//
// Shape     state in the log (`log.user.<id>`): {"id","username","name","email","avatar","password","is_staff","active",
//           "tokens_valid_from","created_at"}. `password` is an argon2id PHC string and leaves the log only for verifying.
//           (`log.group.<id>`): {"id","name","members":[user ids]}; the group's event is the truth for membership, the
//           read model derives a profile's `groups` from it.
//           profile shown (CONTRACT 2): `id,username,name,avatar,is_staff,groups`
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "shared/clock.hpp"
#include "shared/json.hpp"

namespace freshet {

struct User {
  std::string id;
  std::string username;
  std::string name;
  std::string email;
  std::string avatar;
  std::string password;
  bool is_staff = false;
  bool active = true;
  WallTime tokens_valid_from{};  // tokens issued before it are refused
  WallTime created_at{};
  bool operator==(const User&) const = default;
};

struct Group {
  std::string id;
  std::string name;
  std::vector<std::string> members;
  bool deleted = false;
  bool operator==(const Group&) const = default;
};

[[nodiscard]] std::string encode_user(const User& user);
[[nodiscard]] Result<User> decode_user(std::string_view payload);
[[nodiscard]] std::string encode_group(const Group& group);
[[nodiscard]] Result<Group> decode_group(std::string_view payload);

struct GroupName {
  std::string id;
  std::string name;
};
void append_profile(JsonWriter& writer, const User& user, const std::vector<GroupName>& groups);

// True for 3 to 150 letters, digits and `@.+-_` (CONTRACT 1); letters of any script.
[[nodiscard]] bool is_username(std::string_view text);

}  // namespace freshet
