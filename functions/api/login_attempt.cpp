#include "functions/api/login_attempt.hpp"

#include <array>
#include <chrono>

#include "functions/api/counters.hpp"
#include "shared/limits.hpp"
#include "shared/subject.hpp"

namespace freshet::api {
namespace {

std::string counter(std::string_view kind, std::string_view who, std::int64_t window) {
  return std::string("throttle.").append(kind).append(1, '.').append(subject_token(who)).append(1, '.').append(std::to_string(window));
}

}  // namespace

Result<LoginAttempt> LoginAttempt::begin(Context& context, std::string_view account) {
  const std::int64_t now_s = std::chrono::floor<std::chrono::seconds>(context.clock.wall()).time_since_epoch().count();
  const std::int64_t window = now_s / limits::kLoginWindow_s;
  LoginAttempt attempt;
  attempt.subjects_.push_back(counter("account", account, window));
  if (!context.client_address.empty()) attempt.subjects_.push_back(counter("ip", context.client_address, window));
  FRESHET_TRY(counts, context.counters.add(attempt.subjects_, 1));
  constexpr std::array<std::int64_t, 2> kMost{limits::kLoginFailuresPerAccount, limits::kLoginFailuresPerIp};
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (counts[i] <= kMost[i]) continue;
    attempt.succeeded(context);
    Error error{Errc::kTooManyRequests, "too many failed logins; try again later"};
    error.retry_after_s = static_cast<std::uint32_t>((window + 1) * limits::kLoginWindow_s - now_s);
    return error;
  }
  return attempt;
}

void LoginAttempt::succeeded(Context& context) const { static_cast<void>(context.counters.add(subjects_, -1)); }

}  // namespace freshet::api
