// Result<T>: a value or an Error; the way every failure that the outside can cause is told.
//
// Errors    taking value() of an error, or error() of a value, stops the program in every build.
// Source    Errc is the one list of failures: each has its HTTP status (CONTRACT 1), its WebSocket close code (CONTRACT 8)
//           and whether the same request may succeed later. tests/unit/shared/result_test.cpp walks the table.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "shared/check.hpp"

namespace freshet {

enum class Errc : std::uint8_t {
  kInvalidArgument,
  kUnauthenticated,
  kForbidden,
  kNotFound,
  kMethodNotAllowed,
  kNotAcceptable,
  kNameTaken,
  kConflict,
  kPayloadTooLarge,
  kUriTooLong,
  kUnsupportedMediaType,
  kKeyReused,
  kTooManyRequests,
  kHeadersTooLarge,
  kInternal,
  kUnavailable,
};

enum class Retry : std::uint8_t { kNever, kLater };

struct ErrcInfo {
  Errc code;
  const char* name;   // last part of the problem type URI
  const char* title;  // RFC 9457 title
  std::uint16_t http_status;
  std::uint16_t close_code;
  Retry retry;
};

inline constexpr std::array kErrcTable{
    ErrcInfo{Errc::kInvalidArgument, "invalid-argument", "Invalid request", 400, 1007, Retry::kNever},
    ErrcInfo{Errc::kUnauthenticated, "unauthenticated", "Authentication required", 401, 4001, Retry::kNever},
    ErrcInfo{Errc::kForbidden, "forbidden", "Not allowed", 403, 4003, Retry::kNever},
    ErrcInfo{Errc::kNotFound, "not-found", "Not found", 404, 4004, Retry::kNever},
    ErrcInfo{Errc::kMethodNotAllowed, "method-not-allowed", "Method not allowed", 405, 1002, Retry::kNever},
    ErrcInfo{Errc::kNotAcceptable, "not-acceptable", "Not acceptable", 406, 1003, Retry::kNever},
    ErrcInfo{Errc::kNameTaken, "name-taken", "Name already taken", 409, 1008, Retry::kNever},
    ErrcInfo{Errc::kConflict, "conflict", "Changed by somebody else", 412, 1008, Retry::kNever},
    ErrcInfo{Errc::kPayloadTooLarge, "payload-too-large", "Too large", 413, 1009, Retry::kNever},
    ErrcInfo{Errc::kUriTooLong, "uri-too-long", "Address too long", 414, 1002, Retry::kNever},
    ErrcInfo{Errc::kUnsupportedMediaType, "unsupported-media-type", "Unsupported media type", 415, 1003, Retry::kNever},
    ErrcInfo{Errc::kKeyReused, "key-reused", "Idempotency key reused", 422, 1008, Retry::kNever},
    ErrcInfo{Errc::kTooManyRequests, "too-many-requests", "Too many requests", 429, 4008, Retry::kLater},
    ErrcInfo{Errc::kHeadersTooLarge, "headers-too-large", "Headers too large", 431, 1002, Retry::kNever},
    ErrcInfo{Errc::kInternal, "internal", "Internal error", 500, 1011, Retry::kLater},
    ErrcInfo{Errc::kUnavailable, "unavailable", "Temporarily unavailable", 503, 1013, Retry::kLater},
};

[[nodiscard]] constexpr const ErrcInfo& info(Errc code) { return kErrcTable[static_cast<std::size_t>(code)]; }

// Whether a write that failed may have been done all the same: its answer was lost, not its request. Whoever repeats a write that is
// kUnknown makes sure that it cannot be done twice (an expected sequence, a deduplication id).
enum class Effect : std::uint8_t { kNone, kUnknown };

struct Error {
  Errc code = Errc::kInternal;
  std::string detail{};                                         // what was expected and what came; shown to clients
  std::map<std::string, std::vector<std::string>> fields{};     // why each bad field is bad (CONTRACT 1 `errors`)
  std::uint32_t retry_after_s = 1;                              // for codes whose retry is kLater
  Effect effect = Effect::kNone;
};

template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}   // NOLINT: meant to be implicit
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT: meant to be implicit

  [[nodiscard]] bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }
  [[nodiscard]] T& value() & { return checked<0>(state_); }
  [[nodiscard]] const T& value() const& { return checked<0>(state_); }
  [[nodiscard]] T&& value() && { return std::move(checked<0>(state_)); }
  [[nodiscard]] Error& error() & { return checked<1>(state_); }
  [[nodiscard]] const Error& error() const& { return checked<1>(state_); }
  [[nodiscard]] Error&& error() && { return std::move(checked<1>(state_)); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }

 private:
  template <std::size_t kIndex, typename State>
  static auto& checked(State& state) {
    auto* held = std::get_if<kIndex>(&state);
    FRESHET_CHECK(held != nullptr);
    return *held;
  }
  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)) {}  // NOLINT: meant to be implicit
  [[nodiscard]] bool ok() const { return !error_.has_value(); }
  explicit operator bool() const { return ok(); }
  [[nodiscard]] Error& error() & {
    FRESHET_CHECK(error_.has_value());
    return *error_;
  }
  [[nodiscard]] const Error& error() const& {
    FRESHET_CHECK(error_.has_value());
    return *error_;
  }
  [[nodiscard]] Error&& error() && {
    FRESHET_CHECK(error_.has_value());
    return std::move(*error_);
  }

 private:
  std::optional<Error> error_;
};

// FRESHET_TRY(name, expression): gives `name` the value, or returns the error from the enclosing function.
#define FRESHET_TRY_JOIN2(a, b) a##b
#define FRESHET_TRY_JOIN(a, b) FRESHET_TRY_JOIN2(a, b)
#define FRESHET_TRY(name, expression)                                                              \
  auto FRESHET_TRY_JOIN(try_, __LINE__) = (expression);                                            \
  if (!FRESHET_TRY_JOIN(try_, __LINE__).ok()) return std::move(FRESHET_TRY_JOIN(try_, __LINE__)).error(); \
  auto name = std::move(FRESHET_TRY_JOIN(try_, __LINE__)).value()
#define FRESHET_TRY_VOID(expression)                                                               \
  if (auto FRESHET_TRY_JOIN(try_, __LINE__) = (expression); !FRESHET_TRY_JOIN(try_, __LINE__).ok()) \
  return std::move(FRESHET_TRY_JOIN(try_, __LINE__)).error()

}  // namespace freshet
