#include "shared/clock.hpp"

#include <charconv>

namespace freshet {
namespace {

void put_digits(char* out, int count, std::int64_t value) {
  for (int i = count - 1; i >= 0; --i, value /= 10) out[i] = static_cast<char>('0' + value % 10);
}

// Reads exactly `count` digits at the front of `text` and takes them off.
std::optional<int> take_digits(std::string_view& text, std::size_t count) {
  if (text.size() < count) return std::nullopt;
  int value = 0;
  for (const char c : text.substr(0, count)) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  text.remove_prefix(count);
  return value;
}

bool take(std::string_view& text, char wanted, char or_this = '\0') {
  if (text.empty() || (text.front() != wanted && text.front() != or_this)) return false;
  text.remove_prefix(1);
  return true;
}

// Milliseconds of `.123456…` at the front; 0 without a fraction.
std::optional<int> take_fraction_ms(std::string_view& text) {
  if (!take(text, '.')) return 0;
  int value = 0;
  int digits = 0;
  for (; !text.empty() && text.front() >= '0' && text.front() <= '9'; text.remove_prefix(1), ++digits) {
    if (digits < 3) value = value * 10 + (text.front() - '0');
  }
  if (digits == 0) return std::nullopt;
  for (int i = digits; i < 3; ++i) value *= 10;
  return value;
}

std::optional<int> take_offset_minutes(std::string_view& text) {
  if (take(text, 'Z', 'z')) return 0;
  const int sign = !text.empty() && text.front() == '-' ? -1 : 1;
  if (!take(text, '+', '-')) return std::nullopt;
  const auto hours = take_digits(text, 2);
  if (!hours || *hours > 23 || !take(text, ':')) return std::nullopt;
  const auto minutes = take_digits(text, 2);
  if (!minutes || *minutes > 59) return std::nullopt;
  return sign * (*hours * 60 + *minutes);
}

}  // namespace

std::string format_time(WallTime time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::int64_t ms = (time - day).count();
  std::string out = "0000-00-00T00:00:00.000Z";
  put_digits(out.data(), 4, static_cast<int>(date.year()));
  put_digits(out.data() + 5, 2, static_cast<unsigned>(date.month()));
  put_digits(out.data() + 8, 2, static_cast<unsigned>(date.day()));
  put_digits(out.data() + 11, 2, ms / 3'600'000);
  put_digits(out.data() + 14, 2, ms / 60'000 % 60);
  put_digits(out.data() + 17, 2, ms / 1'000 % 60);
  put_digits(out.data() + 20, 3, ms % 1'000);
  return out;
}

std::optional<WallTime> parse_time(std::string_view text) {
  const auto year = take_digits(text, 4);
  if (!year || *year < 1970 || !take(text, '-')) return std::nullopt;
  const auto month = take_digits(text, 2);
  if (!month || !take(text, '-')) return std::nullopt;
  const auto day = take_digits(text, 2);
  if (!day || !take(text, 'T', 't')) return std::nullopt;
  const auto hour = take_digits(text, 2);
  if (!hour || *hour > 23 || !take(text, ':')) return std::nullopt;
  const auto minute = take_digits(text, 2);
  if (!minute || *minute > 59 || !take(text, ':')) return std::nullopt;
  const auto second = take_digits(text, 2);
  if (!second || *second > 60) return std::nullopt;
  const auto fraction_ms = take_fraction_ms(text);
  if (!fraction_ms) return std::nullopt;
  const auto offset = take_offset_minutes(text);
  if (!offset || !text.empty()) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(*year), std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok()) return std::nullopt;
  const auto moment = std::chrono::sys_days(date) + std::chrono::hours(*hour) + std::chrono::minutes(*minute - *offset) +
                      std::chrono::seconds(*second) + std::chrono::milliseconds(*fraction_ms);
  return WallTime(std::chrono::duration_cast<std::chrono::milliseconds>(moment.time_since_epoch()));
}

}  // namespace freshet
