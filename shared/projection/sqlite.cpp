#include "shared/projection/sqlite.hpp"

#include <sqlite3.h>

#include "shared/projection/tokenizer.hpp"

namespace freshet {
namespace {

bool means_damage(int code) {
  switch (code & 0xff) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_IOERR:
      return code != SQLITE_IOERR_NOMEM;
    default:
      return false;
  }
}

}  // namespace

Rows::~Rows() {
  if (statement_ != nullptr) sqlite3_reset(statement_);
}

Result<bool> Rows::next() {
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  return database_->error_of(code);
}

std::int64_t Rows::integer(int column) const { return sqlite3_column_int64(statement_, column); }

std::string_view Rows::text(int column) const {
  const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement_, column));
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_, column));
  return bytes != nullptr ? std::string_view(bytes, size) : std::string_view();
}

bool Rows::null(int column) const { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }

Statement::~Statement() { sqlite3_finalize(statement_); }

void Statement::bind(int place, std::string_view value, Copy copy) {
  // SQLite makes a null pointer a NULL; an empty text is not NULL.
  const char* bytes = value.data() != nullptr ? value.data() : "";
  const int code = sqlite3_bind_text64(statement_, place, bytes, value.size(), copy == Copy::kCopy ? SQLITE_TRANSIENT : SQLITE_STATIC, SQLITE_UTF8);
  FRESHET_CHECK(code == SQLITE_OK);
}

void Statement::bind_integer(int place, std::int64_t value) { FRESHET_CHECK(sqlite3_bind_int64(statement_, place, value) == SQLITE_OK); }

Result<void> Statement::finish() {
  int code = SQLITE_ROW;
  while (code == SQLITE_ROW) code = sqlite3_step(statement_);
  Result<void> result;
  if (code != SQLITE_DONE) result = database_->error_of(code);
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
  return result;
}

Database::State::~State() {
  // A statement that outlives its database is a bug of ours; close() would otherwise leak the file.
  FRESHET_CHECK(sqlite3_close(handle) == SQLITE_OK);
}

Result<Database> Database::open(const std::string& path) {
  auto state = std::make_unique<State>();
  const int code = sqlite3_open_v2(path.c_str(), &state->handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, "unix-none");
  Database database(std::move(state));
  if (code != SQLITE_OK) return database.error_of(code);
  sqlite3_extended_result_codes(database.handle(), 1);
  if (const int registered = register_tokenizer(database.handle()); registered != SQLITE_OK) return database.error_of(registered);
  return database;
}

Result<Statement> Database::prepare(std::string_view sql) {
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v3(handle(), sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  if (code != SQLITE_OK) return error_of(code);
  return Statement(*this, statement);
}

Result<void> Database::execute(const char* sql) {
  const int code = sqlite3_exec(handle(), sql, nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return error_of(code);
  return {};
}

bool Database::in_transaction() const { return sqlite3_get_autocommit(handle()) == 0; }

Error Database::error_of(int code) {
  if (means_damage(code)) state_->damaged = true;
  const bool full = (code & 0xff) == SQLITE_FULL || (code & 0xff) == SQLITE_NOMEM;
  return Error{full ? Errc::kUnavailable : Errc::kInternal, std::string("SQLite: ") + sqlite3_errmsg(handle())};
}

}  // namespace freshet
