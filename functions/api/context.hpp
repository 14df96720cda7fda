// Context: what a handler is given besides the request. Nothing else: no globals, no clock or log of its own.
//
// Lifetime  borrowed for one request; the parts behind it belong to main and may be remembered by nobody
#pragma once

#include <optional>
#include <string>

#include "functions/api/bus.hpp"
#include "functions/api/counters.hpp"
#include "functions/api/log.hpp"
#include "functions/api/principal.hpp"
#include "functions/api/settings.hpp"
#include "functions/api/store.hpp"
#include "functions/api/token_keys.hpp"
#include "shared/clock.hpp"
#include "shared/event.hpp"
#include "shared/random.hpp"

namespace freshet::api {

struct Context {
  const Clock& clock;
  Random& random;
  const Settings& settings;
  Log& log;
  Store& store;
  Bus& bus;
  const TokenKeys& keys;  // signs and checks tokens
  Counters& counters;
  std::optional<Principal> principal{};  // always there where the route's access is kUser or kStaff
  std::string traceparent{};             // of the request when well formed, else empty; goes into the events it causes
  std::string client_address{};          // as the proxy says, when it knew the secret; else empty

  bool may_remember = false;             // a public answer would be kept in this instance's memory
  std::optional<Answer> remember{};      // such an answer, set by a handler

  [[nodiscard]] bool is_staff() const { return principal && principal->is_staff; }
};

}  // namespace freshet::api
