// Follower: the life of the read model behind the log.
//
// Shape     kBuilding -> kFinishing -> kCatchingUp -> kLive, or from kCatchingUp where a complete file was found.
//             kBuilding     a new file, from the log's start, until the log's end is reached
//             kFinishing    the search index is filled, a slice a turn; the log waits
//             kCatchingUp   the file is complete; what happened since its checkpoint is applied
//             kLive         at the log's end
//           A lost connection leads from kLive to kCatchingUp. A damaged file, a log with another epoch and a log that ends before the
//           checkpoint lead to kBuilding: the read model is disposable.
// Order     a turn shows what came in one poll at once; while more is known to wait, up to kGathered events or kGatherTime. An atomic
//           batch is never divided; one whose end has expired is over when the tail is at the log's end and kBatchQuiet has passed
//           without a message.
// Disk      what is shown while live is committed (and synced) after kCommitTime, or with kCommitEvents: the log has it already, so a
//           crash costs nothing but the time to apply it again. In other phases each showing is a commit.
// Errors    none come out: they are reported, and tried again after a pause that grows up to kPauseMax
// Threads   one
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "functions/store/model_file.hpp"
#include "functions/store/report.hpp"
#include "shared/clock.hpp"
#include "shared/projection/projection.hpp"
#include "shared/projection/queries.hpp"

namespace freshet::store {

enum class Phase : std::uint8_t { kBuilding, kFinishing, kCatchingUp, kLive };
[[nodiscard]] std::string_view name_of(Phase phase);

// What a turn changed, to be announced.
struct Applied {
  bool shown = false;
  bool everything = false;  // a new build: whatever anybody remembers may be old
  std::set<Touched> touched;
};

enum class TailState : std::uint8_t { kBehind, kAtEnd };

class Follower {
 public:
  static constexpr std::size_t kGathered = 500;
  static constexpr std::chrono::milliseconds kGatherTime{20};
  static constexpr std::chrono::milliseconds kBatchQuiet{1000};
  static constexpr std::size_t kCommitEvents = 2000;
  static constexpr std::chrono::milliseconds kCommitTime{1000};
  static constexpr std::chrono::milliseconds kPauseMin{250};
  static constexpr std::chrono::milliseconds kPauseMax{30'000};
  static constexpr std::size_t kFinishSlice = 50;  // articles

  Follower(const Clock& clock, const Report& report, ModelFile file) : clock_(clock), report_(report), file_(std::move(file)) {}
  Follower(const Follower&) = delete;
  Follower& operator=(const Follower&) = delete;
  ~Follower();

  // Opens the file that is there, or begins a build.
  void start();

  // What a new connection found: the log's epoch and last sequence, read before the tail starts.
  void log_found(std::string_view epoch, StreamSequence last);
  void connection_lost();

  // The tail is to run from `position()`; start it again when `tail_number()` changes. Not while `wants_tail()` is false.
  [[nodiscard]] bool wants_tail() const;
  [[nodiscard]] StreamSequence position() const;
  [[nodiscard]] std::uint64_t tail_number() const { return tail_number_; }
  // An event of the tail; `pending` more are known to wait behind it.
  void take(const LogMessage& message, std::uint64_t pending);
  // To be called after each poll.
  [[nodiscard]] Applied turn(TailState tail);
  // How long the next poll may wait at most.
  [[nodiscard]] std::chrono::milliseconds patience() const;

  [[nodiscard]] Phase phase() const { return phase_; }
  // True while events are applied that are not shown: nothing may be answered now.
  [[nodiscard]] bool gathering() const { return projection_ != nullptr && projection_->unshown() > 0; }
  // Where the read model stands, as it is shown; empty epoch before the first event.
  [[nodiscard]] Checkpoint checkpoint() const { return model_ != nullptr ? model_->checkpoint() : Checkpoint{}; }
  // Nothing while there is no complete file.
  [[nodiscard]] Queries* queries() { return queries_.get(); }
  // An answer failed with `error`: damage leads to a new build.
  void answer_failed(const Error& error);
  // When something was shown last.
  [[nodiscard]] WallTime applied_at() const { return applied_at_; }

 private:
  void begin_build(std::string_view reason);
  void adopt(std::unique_ptr<ReadModel> model, Phase phase);
  void drop_model();
  void failed(const Error& error);
  void pause();
  [[nodiscard]] bool show_due() const;
  [[nodiscard]] bool commit_due() const;
  void show(Applied& applied);
  [[nodiscard]] bool commit();
  void reach_end(Applied& applied);
  void finish();

  const Clock& clock_;
  const Report& report_;
  ModelFile file_;
  Phase phase_ = Phase::kBuilding;
  std::unique_ptr<ReadModel> model_;          // before what borrows it
  std::unique_ptr<Projection> projection_;
  std::unique_ptr<Queries> queries_;
  std::uint64_t tail_number_ = 1;
  std::uint64_t pending_ = 0;
  std::optional<Error> failure_;              // of apply, handled in the next turn
  std::string rebuild_reason_;                // not empty: the next turn begins a build
  bool announce_everything_ = false;
  StreamSequence log_last_;
  SteadyTime first_unshown_{};
  SteadyTime first_uncommitted_{};
  SteadyTime last_message_{};
  SteadyTime paused_until_{};
  std::chrono::milliseconds pause_{kPauseMin};
  WallTime applied_at_{};
};

}  // namespace freshet::store
