// What JetStream answers, read: the parts of it that jetstream.cpp and log_tail.cpp share.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "shared/nats/jetstream.hpp"

namespace freshet::nats {

inline constexpr std::int64_t kTooManyBatches = 10210;  // 50 open in the stream; passes in milliseconds

struct ApiError {
  std::int64_t err_code = 0;  // the server's own number
  Error error;
};
// The `error` member of an answer, by the table in jetstream.hpp; nothing where it has none.
[[nodiscard]] std::optional<ApiError> api_error(const Json& answer);
[[nodiscard]] Error direct_error(HeaderView headers);  // of a direct get's status other than 204 and 404
[[nodiscard]] StoredMessage stored_of(const MessageView& message);
[[nodiscard]] std::uint64_t number_or(std::optional<std::string_view> text, std::uint64_t otherwise);

}  // namespace freshet::nats
