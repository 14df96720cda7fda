#include "functions/api/nats_counters.hpp"

#include <charconv>

namespace freshet::api {

Result<std::vector<std::int64_t>> NatsCounters::add(std::span<const std::string> subjects, std::int64_t by) {
  std::vector<nats::Append> appends;
  for (const std::string& subject : subjects) {
    nats::Append append;
    append.subject = subject;
    append.increment = by;
    appends.push_back(std::move(append));
  }
  std::vector<std::int64_t> values;
  for (auto& result : jetstream_.append_all(appends)) {
    FRESHET_TRY(ack, std::move(result));
    std::int64_t value = 0;
    const char* end = ack.value.data() + ack.value.size();
    if (std::from_chars(ack.value.data(), end, value).ptr != end) return Error{Errc::kUnavailable, "a counter's value cannot be read"};
    values.push_back(value);
  }
  return values;
}

}  // namespace freshet::api
