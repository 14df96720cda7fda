// Announcer: tells what the read model has applied (DESIGN rule 8).
//
// Shape     `live.invalidate.<kind>.<id>` for each entity touched, then `live.applied.<place>.<store>`; payload the position. The id
//           `all` means every entity of the kind. The last announcement is repeated each kHeartbeat while the store is live.
// Order     one connection, so whoever hears `applied` has heard the invalidations of everything up to it
#pragma once

#include <chrono>
#include <string>

#include "functions/store/follower.hpp"
#include "functions/store/outbox.hpp"

namespace freshet::store {

class Announcer {
 public:
  static constexpr std::chrono::milliseconds kHeartbeat{500};

  Announcer(const Clock& clock, Outbox& outbox, std::string_view place, std::string_view store_id);
  // After each turn.
  void turn(const Applied& applied, Phase phase, const Checkpoint& checkpoint);
  [[nodiscard]] std::chrono::milliseconds patience() const;

 private:
  const Clock& clock_;
  Outbox& outbox_;
  std::string applied_subject_;
  SteadyTime due_{};
};

}  // namespace freshet::store
