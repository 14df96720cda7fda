#include "functions/api/user_input.hpp"

#include <algorithm>

#include "shared/domain/user.hpp"
#include "shared/html/attributes.hpp"
#include "shared/json.hpp"
#include "shared/limits.hpp"

namespace freshet::api {
namespace {

constexpr std::size_t kEmailCodePoints = 254;  // RFC 5321 4.5.3.1.3
constexpr std::size_t kAvatarCodePoints = 2048;

bool is_email(std::string_view text) {
  const std::size_t at = text.find('@');
  const bool one_at = at != std::string_view::npos && text.find('@', at + 1) == std::string_view::npos;
  const bool plain = std::none_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) <= 0x20 || c == 0x7F; });
  return one_at && plain && at > 0 && at + 1 < text.size();
}

void read_profile(Fields& fields, UserInput& input) {
  input.name = fields.text("name", Presence::kOptional, limits::kNameCodePoints);
  input.email = fields.text("email", Presence::kOptional, kEmailCodePoints);
  if (input.email && !input.email->empty() && !is_email(*input.email)) fields.fail("email", "Expected an e-mail address.");
  input.avatar = fields.text("avatar", Presence::kOptional, kAvatarCodePoints);
  if (input.avatar && !input.avatar->empty() && html::clean_address(*input.avatar, html::Link::kImage) != input.avatar) {
    fields.fail("avatar", "Expected an http, https or relative address.");
  }
}

}  // namespace

Result<UserInput> parse_new_user(std::string_view body) {
  FRESHET_TRY(object, parse_json_object(body));
  Fields fields(object);
  UserInput input;
  input.username = fields.text("username", Presence::kRequired, limits::kUsernameCodePoints, limits::kUsernameCodePointsMin);
  if (input.username && !is_username(*input.username)) fields.fail("username", "Expected letters, digits and @ . + - _ only.");
  input.password = fields.text("password", Presence::kRequired, limits::kPasswordCodePoints, limits::kPasswordCodePointsMin);
  read_profile(fields, input);
  FRESHET_TRY_VOID(fields.finish());
  return input;
}

Result<UserInput> parse_profile_change(std::string_view body) {
  FRESHET_TRY(object, parse_json_object(body));
  Fields fields(object);
  UserInput input;
  input.password = fields.text("password", Presence::kOptional, limits::kPasswordCodePoints, limits::kPasswordCodePointsMin);
  const Presence current = fields.has("password") ? Presence::kRequired : Presence::kOptional;
  input.current_password = fields.text("current_password", current, limits::kPasswordCodePoints);
  read_profile(fields, input);
  FRESHET_TRY_VOID(fields.finish());
  return input;
}

}  // namespace freshet::api
