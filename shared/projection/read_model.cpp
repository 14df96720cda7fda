#include "shared/projection/read_model.hpp"

#include <algorithm>

#include "shared/projection/article_pieces.hpp"
#include "shared/projection/tokenizer.hpp"

namespace freshet {
namespace {

// What is kept in the file, and how. The second part grows when tables or tokens change and answers do not: the file is built again, and every
// cached answer stays right. 1: starts of words are tokens.
constexpr std::int64_t kFileVersion = std::int64_t{kProjectionVersion} * 1000 + 1;

// article.key is the place in every list: the milliseconds by which it is sorted (published_at; created_at while there is none), shifted by
// 20 bits, and in these a number that counts articles of the same millisecond in log order. Newest first is therefore the table's own order
// backwards, for each index and for the search index (its rowid) too, and no query sorts.
constexpr const char* kTables = R"sql(
CREATE TABLE checkpoint(one INTEGER PRIMARY KEY CHECK (one = 1), epoch TEXT NOT NULL, sequence INTEGER NOT NULL, skipped INTEGER NOT NULL,
  poisoned INTEGER NOT NULL);
INSERT INTO checkpoint VALUES(1, '', 0, 0, 0);
CREATE TABLE poison(sequence INTEGER PRIMARY KEY, subject TEXT NOT NULL, reason TEXT NOT NULL);
CREATE TABLE tally(scope TEXT PRIMARY KEY, count INTEGER NOT NULL, touched INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE article(key INTEGER PRIMARY KEY, id TEXT NOT NULL, slug TEXT NOT NULL, status INTEGER NOT NULL, sequence INTEGER NOT NULL,
  category_id TEXT NOT NULL, author_id TEXT NOT NULL, view_count INTEGER NOT NULL, head TEXT NOT NULL, times TEXT NOT NULL,
  text_en TEXT NOT NULL, text_th TEXT NOT NULL, language_en TEXT NOT NULL, language_th TEXT NOT NULL,
  category_en TEXT NOT NULL, category_th TEXT NOT NULL, author TEXT NOT NULL,
  content_at_en INTEGER NOT NULL, content_size_en INTEGER NOT NULL, content_at_th INTEGER NOT NULL, content_size_th INTEGER NOT NULL);
CREATE UNIQUE INDEX article_by_id ON article(id);
CREATE TABLE article_body(key INTEGER PRIMARY KEY, translations TEXT NOT NULL);
CREATE TABLE category(id TEXT PRIMARY KEY, slug TEXT NOT NULL, deleted INTEGER NOT NULL, sequence INTEGER NOT NULL,
  shown_en TEXT NOT NULL, shown_th TEXT NOT NULL, staff_en TEXT NOT NULL, staff_th TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE user(id TEXT PRIMARY KEY, username TEXT NOT NULL, name TEXT NOT NULL, avatar TEXT NOT NULL, is_staff INTEGER NOT NULL,
  sequence INTEGER NOT NULL, shown TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE user_group(id TEXT PRIMARY KEY, name TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE group_member(group_id TEXT NOT NULL, user_id TEXT NOT NULL, PRIMARY KEY(group_id, user_id)) WITHOUT ROWID;
CREATE INDEX group_member_by_user ON group_member(user_id, group_id);
CREATE TABLE course(id TEXT PRIMARY KEY, slug TEXT NOT NULL, status INTEGER NOT NULL, sequence INTEGER NOT NULL, shown TEXT NOT NULL) WITHOUT ROWID;
CREATE VIRTUAL TABLE search USING fts5(marks, text, content='', contentless_delete=1, tokenize='freshet');
)sql";

// Made at the end of a build, when their entries can be sorted once. Each ends in the key, and so in the order of the lists.
constexpr const char* kIndexes = R"sql(
CREATE INDEX article_by_status ON article(status);
CREATE INDEX article_by_category ON article(category_id);
CREATE INDEX article_by_category_and_status ON article(category_id, status);
CREATE INDEX article_by_slug ON article(slug);
CREATE INDEX category_by_slug ON category(slug) WHERE NOT deleted;
CREATE INDEX course_by_status ON course(status);
CREATE INDEX course_by_slug ON course(slug);
)sql";

// Undoes append_json_text() (shared/json.hpp), whose escapes are of two characters or `\u00xx` for a control character: a blank to search.
// A tenth of the time of a parser, which a rebuild feels.
void append_unescaped(std::string& out, std::string_view raw) {
  for (std::size_t at = 0; at < raw.size();) {
    const auto escape = std::min(raw.find('\\', at), raw.size());
    out.append(raw.substr(at, escape - at));
    if (escape + 1 >= raw.size()) return;
    const char escaped = raw[escape + 1];
    const bool itself = escaped == '"' || escaped == '\\' || escaped == '/';
    out += itself ? escaped : ' ';
    at = escape + (escaped == 'u' ? 6 : 2);
  }
}

Result<std::int64_t> integer_of(Database& database, std::string_view sql) {
  FRESHET_TRY(statement, database.prepare(sql));
  Rows rows = statement.run();
  FRESHET_TRY(found, rows.next());
  return found ? rows.integer(0) : 0;
}

}  // namespace

SearchText search_text(std::int64_t status, std::string_view category_id, std::string_view translations) {
  SearchText out;
  out.marks = status == 1 ? "s1" : "s0";
  if (!category_id.empty()) out.marks.append(" c").append(category_id);
  std::string_view key;
  std::string value;
  for (std::size_t at = 0; at < translations.size(); ++at) {
    if (translations[at] != '"') continue;
    const std::size_t end = end_of_json_text(translations, at);
    const auto raw = translations.substr(at + 1, end - at - 1);
    at = end;
    if (end + 1 < translations.size() && translations[end + 1] == ':') {
      key = raw;
      continue;
    }
    value.clear();
    append_unescaped(value, raw);
    out.text.append(key == "content" ? plain_text(value) : value).append(1, '\n');
  }
  return out;
}

Result<std::unique_ptr<ReadModel>> ReadModel::create(const std::string& path) {
  FRESHET_TRY(database, Database::open(path));
  auto model = std::unique_ptr<ReadModel>(new ReadModel(std::move(database), FillMode::kBulk));
  FRESHET_TRY_VOID(model->set_pragmas());
  FRESHET_TRY_VOID(model->database_.execute("BEGIN"));
  FRESHET_TRY_VOID(model->database_.execute(kTables));
  FRESHET_TRY_VOID(model->database_.execute("COMMIT"));
  return model;
}

Result<std::unique_ptr<ReadModel>> ReadModel::open(const std::string& path, std::uint64_t check_bytes_max) {
  FRESHET_TRY(database, Database::open(path));
  auto model = std::unique_ptr<ReadModel>(new ReadModel(std::move(database), FillMode::kLive));
  FRESHET_TRY_VOID(model->set_pragmas());
  FRESHET_TRY(version, integer_of(model->database_, "PRAGMA user_version"));
  if (version != kFileVersion) return Error{Errc::kInternal, "the read model is not complete, or of another version"};
  FRESHET_TRY(pages, integer_of(model->database_, "PRAGMA page_count"));
  FRESHET_TRY(page_size, integer_of(model->database_, "PRAGMA page_size"));
  if (static_cast<std::uint64_t>(pages * page_size) <= check_bytes_max) {
    FRESHET_TRY(check, model->database_.prepare("PRAGMA quick_check(1)"));
    Rows rows = check.run();
    FRESHET_TRY(found, rows.next());
    if (!found || rows.text(0) != "ok") return Error{Errc::kInternal, "the read model is damaged: " + std::string(rows.text(0))};
  }
  FRESHET_TRY_VOID(model->load());
  return model;
}

Result<void> ReadModel::set_pragmas() {
  FRESHET_TRY_VOID(database_.execute("PRAGMA locking_mode=exclusive; PRAGMA temp_store=memory;"));
  // A build that is interrupted is thrown away whole, so it needs neither a journal on disk nor fsync. It writes in order and reads little
  // again, so that a larger cache would only be more memory; readers want the newest thousands of articles in theirs.
  return database_.execute(mode_ == FillMode::kBulk ? "PRAGMA cache_size=-8192; PRAGMA journal_mode=memory; PRAGMA synchronous=off;"
                                                    : "PRAGMA cache_size=-32768; PRAGMA journal_mode=persist; PRAGMA synchronous=normal;");
}

Result<void> ReadModel::load() {
  FRESHET_TRY(statement, database_.prepare("SELECT epoch, sequence, skipped, poisoned FROM checkpoint"));
  {
    Rows rows = statement.run();
    FRESHET_TRY(found, rows.next());
    if (!found) return Error{Errc::kInternal, "the read model has no checkpoint"};
    checkpoint_ = Checkpoint{std::string(rows.text(0)), StreamSequence{static_cast<std::uint64_t>(rows.integer(1))},
                             static_cast<std::uint64_t>(rows.integer(2)), static_cast<std::uint64_t>(rows.integer(3))};
  }
  return tallies_.load(database_);
}

Result<void> ReadModel::note_unsearchable(std::int64_t key) {
  if (mode_ == FillMode::kBulk) return {};
  unsearchable_.insert(key);
  return unsearchable_.size() < kUnsearchableMax ? Result<void>() : refresh_search();
}

Result<void> ReadModel::refresh_search() {
  if (unsearchable_.empty()) return {};
  FRESHET_TRY(select,
              database_.prepare("SELECT status, category_id, translations FROM article JOIN article_body USING (key) WHERE key = ?"));
  FRESHET_TRY(put, database_.prepare("INSERT OR REPLACE INTO search(rowid, marks, text) VALUES(?, ?, ?)"));
  FRESHET_TRY(remove, database_.prepare("DELETE FROM search WHERE rowid = ?"));
  for (const std::int64_t key : unsearchable_) {
    Rows rows = select.run(key);
    FRESHET_TRY(found, rows.next());
    if (!found) {
      FRESHET_TRY_VOID(remove.execute(key));
      continue;
    }
    const auto text = search_text(rows.integer(0), rows.text(1), rows.text(2));
    FRESHET_TRY_VOID(put.execute(key, text.marks, text.text));
  }
  unsearchable_.clear();
  return {};
}

Result<std::size_t> ReadModel::fill_search(std::size_t articles_max) {
  FRESHET_TRY(insert, database_.prepare("INSERT INTO search(rowid, marks, text) VALUES(?, ?, ?)"));
  FRESHET_TRY(select, database_.prepare("SELECT key, status, category_id, translations FROM article JOIN article_body USING (key) "
                                        "WHERE key > ? ORDER BY key LIMIT ?"));
  Rows rows = select.run(searchable_up_to_, articles_max);
  for (std::size_t done = 0;; ++done) {
    FRESHET_TRY(more, rows.next());
    if (!more) return done;
    const auto text = search_text(rows.integer(1), rows.text(2), rows.text(3));
    FRESHET_TRY_VOID(insert.execute(rows.integer(0), text.marks, text.text));
    searchable_up_to_ = rows.integer(0);
  }
}

// FTS5 writes what it gathered at each commit and merges what was written, so commits are few and what is gathered is large.
Result<bool> ReadModel::finish_some(std::size_t articles_max) {
  constexpr std::size_t kArticlesPerCommit = 5000;
  FRESHET_CHECK(mode_ == FillMode::kBulk);
  if (searchable_up_to_ == 0)
    FRESHET_TRY_VOID(database_.execute("INSERT INTO search(search, rank) VALUES('hashsize', 16777216), ('automerge', 8)"));
  if (!database_.in_transaction()) FRESHET_TRY_VOID(database_.execute("BEGIN"));
  FRESHET_TRY(done, fill_search(articles_max));
  searchable_uncommitted_ += done;
  const bool last = done < articles_max;
  if (last || searchable_uncommitted_ >= kArticlesPerCommit) {
    FRESHET_TRY_VOID(database_.execute("COMMIT"));
    searchable_uncommitted_ = 0;
  }
  if (!last) return false;
  FRESHET_TRY_VOID(
      database_.execute("INSERT INTO search(search, rank) VALUES('hashsize', 4194304), ('automerge', 8), ('deletemerge', 25)"));
  FRESHET_TRY_VOID(database_.execute(kIndexes));
  mode_ = FillMode::kLive;
  FRESHET_TRY_VOID(set_pragmas());
  // The commit of the version syncs the whole file, pages written before included; only then is the file complete.
  FRESHET_TRY_VOID(database_.execute(("PRAGMA user_version=" + std::to_string(kFileVersion)).c_str()));
  return true;
}

}  // namespace freshet
