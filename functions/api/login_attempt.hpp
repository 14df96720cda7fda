// LoginAttempt: a try at a password, counted before it is checked, so that many tries at once cannot slip through.
//
// Shape     counters `throttle.account.<name>.<window>` and `throttle.ip.<address>.<window>` in windows of limits::kLoginWindow_s; an
//           attempt adds 1, one that succeeds (or is refused unread) takes it back. Names that nobody has are counted alike.
// Bounds    limits::kLoginFailuresPerAccount and kLoginFailuresPerIp in a window; per address only where the proxy told it
// Errors    kTooManyRequests, to come again when the window ends; kUnavailable: the counters cannot be reached
// Source    CONTRACT 1 (limits); DESIGN "Log" (throttle)
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "functions/api/context.hpp"
#include "shared/result.hpp"

namespace freshet::api {

class LoginAttempt {
 public:
  // `account` is the folded username.
  [[nodiscard]] static Result<LoginAttempt> begin(Context& context, std::string_view account);
  // The password was right: the attempt does not count. That the counters cannot be reached now is no reason to refuse a login.
  void succeeded(Context& context) const;

 private:
  std::vector<std::string> subjects_;
};

}  // namespace freshet::api
