#include "shared/domain/user.hpp"

#include "shared/limits.hpp"
#include "shared/text.hpp"
#include "shared/unicode.hpp"

namespace freshet {

std::string encode_user(const User& user) {
  std::string out;
  JsonWriter writer(out);
  writer.begin_object().field("id", user.id).field("username", user.username).field("name", user.name).field("email", user.email);
  writer.field("avatar", user.avatar).field("password", user.password).key("is_staff").boolean(user.is_staff).key("active").boolean(user.active);
  writer.field("tokens_valid_from", format_time(user.tokens_valid_from)).field("created_at", format_time(user.created_at)).end_object();
  return out;
}

Result<User> decode_user(std::string_view payload) {
  FRESHET_TRY(state, parse_json_object(payload));
  const std::string* id = json_text(state, "id");
  const std::string* username = json_text(state, "username");
  const auto valid_from = json_time(state, "tokens_valid_from");
  const auto created_at = json_time(state, "created_at");
  if (id == nullptr || username == nullptr || !valid_from || !created_at) {
    return Error{Errc::kInvalidArgument, "a user's state has an id, a username, tokens_valid_from and created_at"};
  }
  User user{*id, *username, json_text_or(state, "name", ""), json_text_or(state, "email", ""), json_text_or(state, "avatar", ""),
            json_text_or(state, "password", ""), json_true(state, "is_staff"), json_true(state, "active"), *valid_from, *created_at};
  return user;
}

std::string encode_group(const Group& group) {
  std::string out;
  JsonWriter writer(out);
  writer.begin_object().field("id", group.id).field("name", group.name);
  if (group.deleted) {
    writer.key("deleted").boolean(true);
  } else {
    writer.key("members").begin_array();
    for (const auto& member : group.members) writer.text(member);
    writer.end_array();
  }
  writer.end_object();
  return out;
}

Result<Group> decode_group(std::string_view payload) {
  FRESHET_TRY(state, parse_json_object(payload));
  const std::string* id = json_text(state, "id");
  const std::string* name = json_text(state, "name");
  if (id == nullptr || name == nullptr) return Error{Errc::kInvalidArgument, "a group's state has an id and a name"};
  Group group{*id, *name, {}, json_true(state, "deleted")};
  const Json* members = json_member(state, "members");
  if (members == nullptr || !members->is_array()) return group;
  for (const Json& member : *members) {
    if (const auto* text = member.get_ptr<const std::string*>()) group.members.push_back(*text);
  }
  return group;
}

void append_profile(JsonWriter& writer, const User& user, const std::vector<GroupName>& groups) {
  writer.begin_object().field("id", user.id).field("username", user.username).field("name", user.name).field("avatar", user.avatar);
  writer.key("is_staff").boolean(user.is_staff).key("groups").begin_array();
  for (const auto& group : groups) writer.begin_object().field("id", group.id).field("name", group.name).end_object();
  writer.end_array().end_object();
}

bool is_username(std::string_view text) {
  const auto length = utf8_length(text);
  if (!length || *length < limits::kUsernameCodePointsMin || *length > limits::kUsernameCodePoints) return false;
  for (std::size_t at = 0; at < text.size();) {
    const char32_t code = utf8_next(text, at);
    const bool sign = code < 0x80 && std::string_view("@.+-_").find(static_cast<char>(code)) != std::string_view::npos;
    if (!sign && class_of(code) == CharacterClass::kOther) return false;
  }
  return true;
}

}  // namespace freshet
