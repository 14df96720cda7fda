// Search: whatever a reader types is an expression that FTS5 takes, and each text is found by itself and by a part of it.
//
// Input     the text of an article; its first byte says where the part begins
#include <cstdint>
#include <memory>
#include <string>

#include "shared/limits.hpp"
#include "shared/projection/read_model.hpp"
#include "shared/projection/tokenizer.hpp"
#include "shared/text.hpp"

namespace {

using namespace freshet;

std::int64_t matches(Database& database, const std::string& expression) {
  auto statement = database.prepare("SELECT count(*) FROM search WHERE search MATCH ?");
  FRESHET_CHECK(statement.ok());
  Rows rows = statement->run(std::string_view("text : (" + expression + ")"));
  const auto found = rows.next();
  FRESHET_CHECK(found.ok() && *found);
  return rows.integer(0);
}

Database& search_index() {
  static auto model = ReadModel::create(":memory:");
  FRESHET_CHECK(model.ok());
  return (*model)->database();
}

bool has_tokens(std::string_view text) {
  bool any = false;
  tokenize(text, TokenUse::kIndex, [&any](std::string_view, TokenPlace) { return !(any = true); });
  return any;
}

// The Thai consonants that `text` begins with.
std::string thai_run(const std::string& text) {
  std::size_t at = 0;
  while (at < text.size()) {
    std::size_t next = at;
    const char32_t code = utf8_next(text, next);
    if (code < 0x0E01 || code > 0x0E2E) break;
    at = next;
  }
  return text.substr(0, at);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2 || size > 2000) return 0;
  const std::string text(reinterpret_cast<const char*>(data + 1), size - 1);
  static_cast<void>(plain_text(text));
  const std::string whole = search_expression(text);
  const auto length = utf8_length(text);
  if (!length || text.find('\0') != std::string::npos) return 0;  // neither comes out of our JSON
  Database& database = search_index();
  auto insert = database.prepare("INSERT OR REPLACE INTO search(rowid, marks, text) VALUES(1, 's1', ?)");
  FRESHET_CHECK(insert.ok() && insert->execute(text).ok());
  FRESHET_CHECK(whole.empty() == !has_tokens(text));
  // What is typed has at most that many code points; FTS5 takes expressions of some depth only.
  if (*length > limits::kSearchCodePoints) return 0;
  if (!whole.empty()) FRESHET_CHECK(matches(database, whole) == 1);
  // From any letter of a run of Thai on: what search is for. (A word of other scripts is found by its beginning.)
  std::size_t at = 0;
  for (unsigned skip = data[0]; skip > 0 && at < text.size(); --skip) static_cast<void>(utf8_next(text, at));
  const std::string part = search_expression(thai_run(text.substr(at)));
  if (!part.empty()) FRESHET_CHECK(matches(database, part) == 1);
  return 0;
}
