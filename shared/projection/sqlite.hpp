// SQLite behind two move-only classes: Database and Statement.
//
// Shape     statement.execute(arguments…) for what gives no rows; statement.run(arguments…) gives Rows, read row by row.
// Errors    kInternal with SQLite's words; kUnavailable when disk or memory is full. An error that says that the file itself is bad
//           (SQLITE_CORRUPT, NOTADB, IOERR) also sets damaged(), and that stays: close, delete and rebuild.
// Lifetime  statements must go before their Database; texts of a row live until the next call of its Rows.
// Threads   belongs to one thread (SQLite is built without mutexes).
// Source    sqlite.org/c3ref; the VFS is `unix-none`, because WASI has no file locks: one writer per file
#pragma once

#include <concepts>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "shared/result.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace freshet {

class Database;

class Rows {
 public:
  explicit Rows(Database& database, sqlite3_stmt* statement) : database_(&database), statement_(statement) {}
  Rows(Rows&& other) noexcept : database_(other.database_), statement_(std::exchange(other.statement_, nullptr)) {}
  Rows& operator=(Rows&&) = delete;
  ~Rows();

  // True with a row to read, false at the end.
  [[nodiscard]] Result<bool> next();
  [[nodiscard]] std::int64_t integer(int column) const;
  [[nodiscard]] std::string_view text(int column) const;  // empty for null
  [[nodiscard]] bool null(int column) const;

 private:
  Database* database_;
  sqlite3_stmt* statement_;
};

class Statement {
 public:
  Statement() = default;
  Statement(Database& database, sqlite3_stmt* statement) : database_(&database), statement_(statement) {}
  Statement(Statement&& other) noexcept : database_(other.database_), statement_(std::exchange(other.statement_, nullptr)) {}
  Statement& operator=(Statement&& other) noexcept {
    std::swap(database_, other.database_);
    std::swap(statement_, other.statement_);
    return *this;
  }
  ~Statement();

  template <typename... Arguments>
  [[nodiscard]] Result<void> execute(const Arguments&... arguments) {
    bind_all(Copy::kBorrow, arguments...);
    return finish();
  }
  template <typename... Arguments>
  [[nodiscard]] Rows run(const Arguments&... arguments) {
    bind_all(Copy::kCopy, arguments...);
    return Rows(*database_, statement_);
  }

 private:
  enum class Copy : std::uint8_t { kBorrow, kCopy };
  template <typename... Arguments>
  void bind_all(Copy copy, const Arguments&... arguments) {
    [[maybe_unused]] int place = 0;
    (bind(++place, arguments, copy), ...);
  }
  template <std::integral Number>
  void bind(int place, Number value, Copy) {
    bind_integer(place, static_cast<std::int64_t>(value));
  }
  void bind(int place, std::string_view value, Copy copy);
  void bind_integer(int place, std::int64_t value);
  Result<void> finish();

  Database* database_ = nullptr;
  sqlite3_stmt* statement_ = nullptr;
};

class Database {
 public:
  // Opens or makes the file. `:memory:` is a database of its own in memory.
  [[nodiscard]] static Result<Database> open(const std::string& path);
  Database(Database&& other) noexcept = default;
  Database& operator=(Database&&) = delete;

  [[nodiscard]] Result<Statement> prepare(std::string_view sql);
  [[nodiscard]] Result<void> execute(const char* sql);  // any number of statements, rows are dropped
  [[nodiscard]] bool damaged() const { return state_->damaged; }
  [[nodiscard]] bool in_transaction() const;
  [[nodiscard]] sqlite3* handle() const { return state_->handle; }

  // The error that `code` tells; notes damage.
  [[nodiscard]] Error error_of(int code);

 private:
  struct State {
    ~State();
    sqlite3* handle = nullptr;
    bool damaged = false;
  };
  explicit Database(std::unique_ptr<State> state) : state_(std::move(state)) {}
  std::unique_ptr<State> state_;
};

}  // namespace freshet
