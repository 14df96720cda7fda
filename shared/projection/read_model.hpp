// ReadModel: one SQLite file that holds what the log said up to its checkpoint.
//
// Shape     tables of schema.sql in read_model.cpp; a changed one gets a new kProjectionVersion (shared/position.hpp), and so a new file.
//           A file is made in bulk (without the indexes that only queries use, fsync off, and thrown away when that is interrupted) or is live
//           (rollback journal, fsync at each commit: a crash or a power cut leaves the last commit or the one before).
//           Live, the search index follows the articles lazily: FTS5 writes a segment whenever rowids go backwards, so changed articles are
//           noted and written together, in order. Whoever searches calls refresh_search() first.
// Errors    open() of a file that is not whole fails with damaged() seen by is_damage(); delete the file and build again
// Threads   belongs to one thread, as do the Projection that writes it and the Queries that read it
#pragma once

#include <cstdint>
#include <memory>
#include <set>
#include <string>

#include "shared/position.hpp"
#include "shared/projection/sqlite.hpp"
#include "shared/projection/tallies.hpp"

namespace freshet {

enum class FillMode : std::uint8_t { kLive, kBulk };

struct Checkpoint {
  std::string epoch;
  StreamSequence sequence;
  std::uint64_t skipped = 0;   // events of kinds this version does not know
  std::uint64_t poisoned = 0;  // events that could not be read; each has a row in `poison`
  bool operator==(const Checkpoint&) const = default;
};

class ReadModel {
 public:
  // A new, empty file in bulk mode. An existing file is an error.
  [[nodiscard]] static Result<std::unique_ptr<ReadModel>> create(const std::string& path);
  // A complete file. Checks its structure when it is at most `check_bytes_max` long (PRAGMA quick_check reads all of it).
  [[nodiscard]] static Result<std::unique_ptr<ReadModel>> open(const std::string& path, std::uint64_t check_bytes_max);

  // Bulk mode only: fills the search index for some articles more; true when all are in and the file is live and on disk.
  [[nodiscard]] Result<bool> finish_some(std::size_t articles_max);

  // Live mode: an article at this key is new, changed or gone. In bulk mode nothing: finish_some() takes them all.
  [[nodiscard]] Result<void> note_unsearchable(std::int64_t key);
  // Brings the search index up to the articles, inside the transaction that changed them. At most kUnsearchableMax wait.
  [[nodiscard]] Result<void> refresh_search();
  void forget_unsearchable() { unsearchable_.clear(); }  // the transaction was rolled back

  [[nodiscard]] FillMode mode() const { return mode_; }
  [[nodiscard]] Database& database() { return database_; }
  [[nodiscard]] Tallies& tallies() { return tallies_; }
  [[nodiscard]] const Tallies& tallies() const { return tallies_; }
  [[nodiscard]] const Checkpoint& checkpoint() const { return checkpoint_; }
  void set_checkpoint(Checkpoint checkpoint) { checkpoint_ = std::move(checkpoint); }

 private:
  static constexpr std::size_t kUnsearchableMax = 500;
  ReadModel(Database database, FillMode mode) : database_(std::move(database)), mode_(mode) {}
  Result<void> load();
  Result<void> set_pragmas();
  Result<std::size_t> fill_search(std::size_t articles_max);

  Database database_;
  FillMode mode_;
  Tallies tallies_;
  Checkpoint checkpoint_;
  std::int64_t searchable_up_to_ = 0;  // bulk: articles up to this key are in the search index
  std::size_t searchable_uncommitted_ = 0;
  std::set<std::int64_t> unsearchable_;
};

// What the search index holds of one article: `translations` as article_body keeps it, which append_article wrote.
struct SearchText {
  std::string marks;
  std::string text;
};
[[nodiscard]] SearchText search_text(std::int64_t status, std::string_view category_id, std::string_view translations);

}  // namespace freshet
