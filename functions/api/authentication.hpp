// TokenGate: the Gate that believes the log: who has a good token, as his family and account stand now (CONTRACT 1, 2).
//
// Shape     a token's signature is checked once; its standing is read from `log.token.<family>` and `log.user.<id>` (one round trip) and
//           remembered while this instance hears of every change to them.
// Order     the caller subscribes to kHeard before the first admit() and hands every message's subject to invalidate(). A message
//           straight from the log may be seen before it is stored, so that a read after it could still give the old state: what it
//           names is not remembered for kUnsettled. What was heard over another connection does not hold.
// Bounds    kRememberedMax tokens, found by the BLAKE2b-256 of their text, none longer than it is valid
// Errors    see Gate
// Threads   none
// Source    DESIGN "Tokens", rule 3
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "functions/api/freshness.hpp"
#include "functions/api/log.hpp"
#include "functions/api/principal.hpp"
#include "functions/api/token_keys.hpp"
#include "shared/clock.hpp"

namespace freshet::api {

class TokenGate final : public Gate {
 public:
  static constexpr std::size_t kRememberedMax = 1024;
  static constexpr std::chrono::seconds kUnsettled{2};
  // Beside `live.invalidate.>`, which the answers' cache needs, too.
  static constexpr std::array<std::string_view, 2> kHeard{"log.token.*", "log.user.*"};

  TokenGate(const TokenKeys& keys, Log& log, Freshness& freshness, const Clock& clock)
      : keys_(keys), log_(log), freshness_(freshness), clock_(clock) {}

  [[nodiscard]] Result<Principal> admit(std::string_view authorization) override;
  // `log.token.<family>`, `log.user.<id>`, or `live.invalidate.` in the place of `log.`; any other subject is nothing to it.
  void invalidate(std::string_view subject);

  [[nodiscard]] std::size_t remembered() const { return remembered_.size(); }

 private:
  struct Remembered {
    Claims claims;
    std::optional<Principal> principal;  // while its standing is known
  };

  [[nodiscard]] Result<Claims> verified(std::string_view token, const std::string& digest);
  [[nodiscard]] Result<Principal> standing(const Claims& claims);
  [[nodiscard]] bool settled(const Claims& claims);
  void follow_connection();
  void make_room();

  const TokenKeys& keys_;
  Log& log_;
  Freshness& freshness_;
  const Clock& clock_;
  std::map<std::string, Remembered, std::less<>> remembered_;  // by digest
  std::map<std::string, SteadyTime, std::less<>> unsettled_until_;  // by family or user
  std::uint64_t generation_ = 0;
};

// The token of an Authorization header, `Bearer <token>` or `Token <token>`; nothing when it is neither.
[[nodiscard]] std::optional<std::string_view> token_of(std::string_view authorization);

// Claims of a token of ours against the log; also for refresh tokens, which no Authorization header carries. kUnauthenticated when its family
// or account does not let it be used.
[[nodiscard]] Result<Principal> read_standing(Log& log, const Claims& claims);

}  // namespace freshet::api
