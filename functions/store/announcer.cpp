#include "functions/store/announcer.hpp"

#include <algorithm>
#include <array>

namespace freshet::store {

Announcer::Announcer(const Clock& clock, Outbox& outbox, std::string_view place, std::string_view store_id)
    : clock_(clock), outbox_(outbox), applied_subject_("live.applied." + std::string(place) + '.' + std::string(store_id)) {}

void Announcer::turn(const Applied& applied, Phase phase, const Checkpoint& checkpoint) {
  const std::string position = format_position(checkpoint.epoch, checkpoint.sequence);
  // A lost announcement is made good by the next heartbeat, and by the asker's own look at its connection.
  const auto say = [&](std::string_view subject) { static_cast<void>(outbox_.publish(subject, {}, position).ok()); };
  const auto invalidate = [&](EntityKind kind, std::string_view id) {
    say("live.invalidate." + std::string(name_of(kind)) + '.' + std::string(id));
  };
  for (const Touched& touched : applied.touched) invalidate(touched.kind, touched.id);
  if (applied.everything) {
    for (const EntityKind kind : {EntityKind::kArticle, EntityKind::kCategory, EntityKind::kCourse, EntityKind::kUser, EntityKind::kGroup, EntityKind::kToken}) {
      invalidate(kind, "all");
    }
  }
  if (phase != Phase::kLive) due_ = SteadyTime{};
  if (phase != Phase::kLive || (!applied.shown && clock_.steady() < due_)) return;
  say(applied_subject_);
  due_ = clock_.steady() + kHeartbeat;
}

std::chrono::milliseconds Announcer::patience() const {
  if (due_ == SteadyTime{}) return kHeartbeat;  // nothing was said yet
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(due_ - clock_.steady());
  return std::clamp(left, std::chrono::milliseconds{1}, kHeartbeat);
}

}  // namespace freshet::store
