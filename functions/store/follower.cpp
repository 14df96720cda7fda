#include "functions/store/follower.hpp"

#include <algorithm>
#include <array>

namespace freshet::store {

std::string_view name_of(Phase phase) {
  constexpr std::array<std::string_view, 4> kNames{"building", "finishing", "catching-up", "live"};
  return kNames[static_cast<std::size_t>(phase)];
}

Follower::~Follower() { drop_model(); }

void Follower::drop_model() {
  queries_.reset();
  projection_.reset();
  model_.reset();
}

void Follower::start() {
  if (!file_.exists()) {
    begin_build("there is none yet");
    return;
  }
  auto opened = file_.open();
  if (!opened.ok()) {
    begin_build(opened.error().detail);
    return;
  }
  adopt(std::move(*opened), Phase::kCatchingUp);
  report_.say(Level::kInfo, "read model opened",
              {{"position", format_position(checkpoint().epoch, checkpoint().sequence)}, {"version", std::to_string(kProjectionVersion)}});
}

// Takes a model over; the tail starts again from its checkpoint.
void Follower::adopt(std::unique_ptr<ReadModel> model, Phase phase) {
  drop_model();
  model_ = std::move(model);
  auto projection = Projection::open(*model_);
  if (!projection.ok()) {
    failed(projection.error());
    return;
  }
  projection_ = std::make_unique<Projection>(std::move(*projection));
  if (phase != Phase::kBuilding) queries_ = std::make_unique<Queries>(*model_);
  phase_ = phase;
  pending_ = 0;
  failure_.reset();
  rebuild_reason_.clear();
  ++tail_number_;
}

void Follower::begin_build(std::string_view reason) {
  report_.say(Level::kInfo, "building the read model from the log", {{"reason", reason}});
  const std::string kept(reason);  // may be ours
  drop_model();
  phase_ = Phase::kBuilding;
  rebuild_reason_.clear();
  auto created = file_.begin_build();
  if (created.ok()) {
    adopt(std::move(*created), Phase::kBuilding);
    return;
  }
  report_.say(Level::kError, "the read model's file cannot be made", {{"why", created.error().detail}});
  rebuild_reason_ = kept;
  pause();
}

void Follower::pause() {
  paused_until_ = clock_.steady() + pause_;
  pause_ = std::min(pause_ * 2, kPauseMax);
  ++tail_number_;
}

// Damage, and whatever else SQLite should not say to us, ends this file; a full disk only stops us for a while.
void Follower::failed(const Error& error) {
  report_.say(Level::kError, "the read model failed", {{"why", error.detail}});
  if (error.code == Errc::kUnavailable && projection_ != nullptr && !model_->database().damaged()) {
    projection_->rollback();
    if (phase_ == Phase::kLive) phase_ = Phase::kCatchingUp;
  } else {
    rebuild_reason_ = error.detail;
  }
  pause();
}

void Follower::answer_failed(const Error& error) {
  if (error.code == Errc::kInternal && !failure_) failure_ = error;
}

void Follower::log_found(std::string_view epoch, StreamSequence last) {
  log_last_ = last;
  const Checkpoint at = checkpoint();
  if (at.sequence.value == 0 && at.epoch.empty()) return;
  if (at.epoch != epoch) {
    rebuild_reason_ = "the log's epoch is " + std::string(epoch) + ", the read model's " + at.epoch;
  } else if (at.sequence > last) {
    rebuild_reason_ = "the read model is ahead of the log";
  }
}

void Follower::connection_lost() {
  if (phase_ == Phase::kLive) phase_ = Phase::kCatchingUp;
}

bool Follower::wants_tail() const {
  return projection_ != nullptr && phase_ != Phase::kFinishing && rebuild_reason_.empty() && !failure_ && clock_.steady() >= paused_until_;
}

StreamSequence Follower::position() const { return projection_ != nullptr ? projection_->pending().sequence : StreamSequence{}; }

void Follower::take(const LogMessage& message, std::uint64_t pending) {
  if (!wants_tail()) return;
  last_message_ = clock_.steady();
  if (projection_->unshown() == 0) first_unshown_ = last_message_;
  if (projection_->uncommitted() == 0) first_uncommitted_ = last_message_;
  if (!projection_->whole() && !projection_->continues_batch(message)) projection_->end_batch();
  if (auto applied = projection_->apply(message); !applied.ok()) failure_ = std::move(applied).error();
  pending_ = pending;
}

bool Follower::show_due() const {
  if (projection_->unshown() == 0 || !projection_->whole()) return false;
  return pending_ == 0 || projection_->unshown() >= kGathered || clock_.steady() - first_unshown_ >= kGatherTime;
}

bool Follower::commit_due() const {
  if (projection_->uncommitted() == 0 || projection_->unshown() > 0) return false;
  return phase_ != Phase::kLive || projection_->uncommitted() >= kCommitEvents || clock_.steady() - first_uncommitted_ >= kCommitTime;
}

bool Follower::commit() {
  const auto committed = projection_->commit();
  if (!committed.ok()) failed(committed.error());
  if (committed.ok()) pause_ = kPauseMin;
  return committed.ok();
}

void Follower::show(Applied& applied) {
  projection_->show();
  applied_at_ = clock_.wall();
  auto touched = projection_->take_touched();
  for (const std::string& complaint : projection_->take_complaints()) {
    report_.say(Level::kError, "an event of the log cannot be read and was put aside", {{"event", complaint}});
  }
  applied.shown = true;
  if (phase_ != Phase::kBuilding) applied.touched = std::move(touched);
}

// All that lay in the log when the tail started is committed. What the log has lost behind it (expired messages) is passed over.
void Follower::reach_end(Applied& applied) {
  if (position() < log_last_) {
    projection_->advance_to(log_last_);
    if (!commit()) return;
    show(applied);
  }
  if (phase_ == Phase::kBuilding) {
    phase_ = Phase::kFinishing;
    projection_.reset();
    ++tail_number_;
  } else if (phase_ == Phase::kCatchingUp) {
    phase_ = Phase::kLive;
    applied.shown = true;
    applied.everything = std::exchange(announce_everything_, false);
    report_.say(Level::kInfo, "the read model is live", {{"position", format_position(checkpoint().epoch, checkpoint().sequence)}});
  }
}

void Follower::finish() {
  const auto done = model_->finish_some(kFinishSlice);
  if (!done.ok()) {
    failed(done.error());
    return;
  }
  if (!*done) return;
  auto completed = file_.complete(std::move(model_));
  if (!completed.ok()) {
    failed(completed.error());
    return;
  }
  announce_everything_ = true;
  adopt(std::move(*completed), Phase::kCatchingUp);
}

Applied Follower::turn(TailState tail) {
  Applied applied;
  if (clock_.steady() < paused_until_) return applied;
  if (failure_) {
    failed(*std::exchange(failure_, std::nullopt));
    return applied;
  }
  if (!rebuild_reason_.empty()) {
    begin_build(rebuild_reason_);
    return applied;
  }
  if (phase_ == Phase::kFinishing) {
    finish();
    return applied;
  }
  if (projection_ == nullptr) return applied;
  const bool quiet = tail == TailState::kAtEnd && clock_.steady() - last_message_ >= kBatchQuiet;
  if (!projection_->whole() && quiet) projection_->end_batch();
  if (show_due()) show(applied);
  if (commit_due() && !commit()) return applied;
  if (tail == TailState::kAtEnd && projection_ != nullptr && projection_->uncommitted() == 0 && phase_ != Phase::kLive) reach_end(applied);
  return applied;
}

std::chrono::milliseconds Follower::patience() const {
  using std::chrono::milliseconds;
  if (phase_ == Phase::kFinishing) return milliseconds{0};
  if (failure_ || !rebuild_reason_.empty()) return milliseconds{10};
  if (gathering()) return projection_->whole() ? milliseconds{1} : milliseconds{10};
  if (projection_ == nullptr || projection_->uncommitted() == 0) return milliseconds{500};
  return std::clamp(std::chrono::ceil<milliseconds>(first_uncommitted_ + kCommitTime - clock_.steady()), milliseconds{1}, milliseconds{500});
}

}  // namespace freshet::store
