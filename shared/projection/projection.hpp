// Projection: applies the log's events to a ReadModel.
//
// Order     in sequence order; an event at or below the checkpoint changes nothing, so any overlap may be sent again.
// Shape     apply() opens a transaction when none is open; show() makes what it holds the read model's position, so that queries (on the
//           same connection) may answer from it; commit() puts it on disk with its checkpoint: a group of events is in the file whole or not
//           at all. Atomic batches of the log are applied whole: show() and commit() only while whole().
// Errors    an event that cannot be read is recorded (table `poison`) and skipped, one of an unknown kind is counted and skipped: neither
//           is an error. An error is the database's; call rollback(), or throw the file away when Database::damaged().
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "shared/domain/course.hpp"
#include "shared/domain/user.hpp"
#include "shared/projection/read_model.hpp"
#include "shared/subject.hpp"

namespace freshet {

// Where in an atomic batch a message stands (ADR-50; the log keeps the headers Nats-Batch-Id and Nats-Batch-Commit).
enum class BatchPlace : std::uint8_t { kAlone, kInside, kLast };

struct LogMessage {
  std::string_view subject;
  StreamSequence sequence;
  std::string_view payload;
  BatchPlace place = BatchPlace::kAlone;
  std::string_view batch_id;
};

struct Touched {
  EntityKind kind;
  std::string id;
  friend bool operator==(const Touched&, const Touched&) = default;
  // Written out: the browser build's library has no <=> for strings.
  friend bool operator<(const Touched& a, const Touched& b) { return a.kind != b.kind ? a.kind < b.kind : a.id < b.id; }
};

class Projection {
 public:
  [[nodiscard]] static Result<Projection> open(ReadModel& model);

  [[nodiscard]] Result<void> apply(const LogMessage& message);
  // False between the first and the last message of a batch. A batch's last message may be missing from the log (its time to live is
  // over); the batch then ends where another begins, or where end_batch() says that nothing follows.
  [[nodiscard]] bool whole() const { return open_batch_.empty(); }
  void end_batch() { open_batch_.clear(); }
  // True when `message` belongs to the batch that is open; if not, the batch is over and may be committed before `message` is applied.
  [[nodiscard]] bool continues_batch(const LogMessage& message) const { return !open_batch_.empty() && message.batch_id == open_batch_; }
  void show();
  [[nodiscard]] Result<void> commit();  // shows too
  // Back to the last commit; what was shown since is forgotten, and comes again from the log.
  void rollback();

  // The log has nothing between the last event and this sequence: messages there are expired or removed.
  void advance_to(StreamSequence sequence);

  // The position of all that was applied; ReadModel::checkpoint() is the one that is shown.
  [[nodiscard]] const Checkpoint& pending() const { return pending_; }
  [[nodiscard]] std::size_t unshown() const { return unshown_; }          // events
  [[nodiscard]] std::size_t uncommitted() const { return uncommitted_; }  // events, shown or not
  // The entities changed since it was last asked, each once. A build tells no articles: whoever hears of it forgets everything.
  [[nodiscard]] std::set<Touched> take_touched() { return std::exchange(touched_, {}); }
  // Why events were put aside since it was last asked; for the log of the process.
  [[nodiscard]] std::vector<std::string> take_complaints() { return std::exchange(complaints_, {}); }

 private:
  enum Sql : std::size_t {
    kFindArticle, kHighestKey, kInsertArticle, kUpdateArticle, kDeleteArticle, kPutBody, kDeleteBody,
    kFindCategory, kPutCategory, kFindUser, kPutUser, kDeleteUser, kFindGroup, kPutGroup, kDeleteGroup, kDeleteMembers, kPutMember, kPutPoison,
    kFindCourse, kPutCourse, kDeleteCourse, kPutCheckpoint, kSqlCount,
  };
  struct Known;
  static const std::array<const char*, kSqlCount> kSql;

  explicit Projection(ReadModel& model) : model_(&model), pending_(model.checkpoint()), committed_(pending_) {}
  [[nodiscard]] Result<void> dispatch(const LogMessage& message, const LogSubject& subject);
  [[nodiscard]] Result<void> apply_article(std::string_view id, const LogMessage& message);
  [[nodiscard]] Result<Known> find_article(std::string_view id);
  [[nodiscard]] Result<void> remove_article(std::string_view id, StreamSequence sequence);
  [[nodiscard]] Result<std::int64_t> key_for(const Article& article, const Known& known);
  [[nodiscard]] Result<void> write_article(const Article& article, std::int64_t key, const Known& known, StreamSequence sequence);
  void tally_article(std::int64_t status, std::string_view category_id, std::int64_t by, StreamSequence sequence);
  [[nodiscard]] Result<void> apply_category(std::string_view id, const LogMessage& message);
  [[nodiscard]] Result<void> apply_course(std::string_view id, const LogMessage& message);
  [[nodiscard]] Result<void> apply_user(std::string_view id, const LogMessage& message);
  [[nodiscard]] Result<void> apply_group(std::string_view id, const LogMessage& message);
  [[nodiscard]] Result<void> apply_epoch(const LogMessage& message);
  [[nodiscard]] Result<void> put_aside(const LogMessage& message, const std::string& reason);
  // The state that a message carries; nothing where it had to be put aside.
  template <typename Entity>
  [[nodiscard]] Result<std::optional<Entity>> state_in(const LogMessage& message, std::string_view id, Result<Entity> (*decode)(std::string_view)) {
    auto decoded = decode(message.payload);
    if (decoded.ok() && decoded->id == id) return std::optional<Entity>(std::move(*decoded));
    FRESHET_TRY_VOID(put_aside(message, decoded.ok() ? "the state names another id than its subject" : decoded.error().detail));
    return std::optional<Entity>();
  }
  [[nodiscard]] Statement& sql(Sql which) { return statements_[which]; }

  ReadModel* model_;
  std::array<Statement, kSqlCount> statements_;
  Checkpoint pending_;
  Checkpoint committed_;
  std::size_t unshown_ = 0;
  std::size_t uncommitted_ = 0;
  std::string open_batch_;
  std::set<Touched> touched_;
  std::vector<std::string> complaints_;
};

}  // namespace freshet
