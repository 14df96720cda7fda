// Password: stored as an argon2id PHC string, checked in about the same time whether its user exists or not.
//
// Units     19 MiB, t=2, p=1: some 25 ms natively, 60-90 ms in wasm
// Bounds    limits::kPasswordCodePointsMin to limits::kPasswordCodePoints, in code points; taken verbatim
// Errors    hash_password: kInvalidArgument out of bounds, kUnavailable when the memory for it is not to be had
// Threads   none; the memory is taken and given back within the call
// Source    RFC 9106; OWASP Password Storage Cheat Sheet; PHC string format
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "shared/result.hpp"

namespace freshet {

[[nodiscard]] bool is_password(std::string_view password);  // within the bounds, and UTF-8
[[nodiscard]] Result<std::string> hash_password(std::string_view password);

enum class PasswordCheck : std::uint8_t { kWrong, kRight };
// `phc` may be anything: what is not a PHC string of ours takes the work of one and is kWrong. A password out of bounds is kWrong at once.
[[nodiscard]] PasswordCheck check_password(std::string_view password, std::string_view phc);
// What a login does when no such user is there: the work of check_password, always kWrong.
[[nodiscard]] PasswordCheck check_password_of_nobody(std::string_view password);

// True when `phc` was made with other figures than today's: hash again at the next login.
[[nodiscard]] bool needs_rehash(std::string_view phc);

}  // namespace freshet
