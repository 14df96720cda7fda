#include "shared/projection/read_model.hpp"

#include <cstdio>

#include "shared/projection/article_pieces.hpp"
#include "tests/unit/shared/projection/fixture.hpp"

using namespace freshet;
using namespace freshet::projection_test;

namespace {

constexpr std::uint64_t kCheckAll = 1u << 30;

// A complete file with `count` articles.
void build(const std::string& path, std::uint64_t count) {
  auto model = ReadModel::create(path);
  REQUIRE(model.ok());
  {
    auto projection = Projection::open(**model);
    REQUIRE(projection.ok());
    for (std::uint64_t i = 1; i <= count; ++i) {
      const Entry event{article_subject(id_of(i)), i, encode_article(article_of(i, static_cast<std::int64_t>(i))), BatchPlace::kAlone, {}};
      REQUIRE(projection->apply(event.message()).ok());
    }
    REQUIRE(projection->commit().ok());
  }
  bool done = false;
  while (!done) {
    const auto finished = (*model)->finish_some(100);
    REQUIRE(finished.ok());
    done = *finished;
  }
}

void overwrite(const std::string& path, long at, char with, std::size_t count) {
  std::FILE* file = std::fopen(path.c_str(), "r+b");
  REQUIRE(file != nullptr);
  std::fseek(file, at, SEEK_SET);
  const std::string bytes(count, with);
  REQUIRE(std::fwrite(bytes.data(), 1, bytes.size(), file) == bytes.size());
  std::fclose(file);
}

}  // namespace

TEST_CASE("what search reads of an article is its texts, unescaped, contents without tags") {
  Article article = article_of(1, 5000);
  article.translations[Language::kEnglish] = Translation{"1 < 2 \"quoted\"", "<p>a\\b</p>\n<p>c\x01" "d</p>", "\"content\":\t\\"};
  article.translations[Language::kThai] = Translation{"หัวข้อ", "", ""};
  const auto text = search_text(1, "ID", cut_article(article).translations);
  CHECK(text.marks == "s1 cID");
  CHECK(text.text == "1 < 2 \"quoted\"\n a\\b   c d \n\"content\": \\\nหัวข้อ\n\n\n");
  CHECK(search_text(0, "", "{}").text.empty());
}

TEST_CASE("a file is opened where it was left") {
  const TemporaryFile file;
  build(file.path(), 30);
  auto model = ReadModel::open(file.path(), kCheckAll);
  REQUIRE(model.ok());
  CHECK((*model)->checkpoint().sequence.value == 30);
  CHECK((*model)->tallies().of(article_scope(PublicationStatus::kPublished)).count == 30);
  Queries queries(**model);
  const auto answer = queries.answer("articles.list", *parse_json(R"({"search":"title"})"));
  REQUIRE(answer.ok());
  CHECK(answer->body.starts_with(R"({"count":30,)"));
}

TEST_CASE("a build that was interrupted is not opened as a read model") {
  const TemporaryFile file;
  {
    auto model = ReadModel::create(file.path());
    REQUIRE(model.ok());
  }
  CHECK_FALSE(ReadModel::open(file.path(), kCheckAll).ok());
  CHECK_FALSE(ReadModel::open(file.path(), 0).ok());
}

TEST_CASE("a file that an older store finished is refused, though its answers would have the same tags") {
  const TemporaryFile file;
  build(file.path(), 3);
  REQUIRE(ReadModel::open(file.path(), kCheckAll).ok());
  {
    auto database = Database::open(file.path());
    REQUIRE(database.ok());
    REQUIRE(database->execute(("PRAGMA user_version=" + std::to_string(kProjectionVersion)).c_str()).ok());
  }
  CHECK_FALSE(ReadModel::open(file.path(), kCheckAll).ok());
}

TEST_CASE("a file that is not there, empty, not SQLite's or torn is refused") {
  const TemporaryFile file;
  CHECK_FALSE(ReadModel::open(file.path(), kCheckAll).ok());
  file.remove();
  build(file.path(), 200);
  SUBCASE("its head overwritten") { overwrite(file.path(), 0, 'x', 64); }
  SUBCASE("its end cut off") { REQUIRE(::truncate(file.path().c_str(), 3 * 4096 + 100) == 0); }
  SUBCASE("a page in its middle overwritten") { overwrite(file.path(), 4096 * 10, '\xee', 4096); }
  SUBCASE("empty") { REQUIRE(::truncate(file.path().c_str(), 0) == 0); }
  CHECK_FALSE(ReadModel::open(file.path(), kCheckAll).ok());
}

TEST_CASE("damage that is met while reading is told as damage") {
  const TemporaryFile file;
  build(file.path(), 400);
  for (long page = 3; page < 60; ++page) overwrite(file.path(), page * 4096, '\xee', 4096);
  auto model = ReadModel::open(file.path(), 0);  // too long to be checked when it is opened
  if (!model.ok()) return;                       // met already then
  Queries queries(**model);
  const auto answer = queries.answer("articles.list", *parse_json(R"({"page_size":100})"));
  CHECK_FALSE(answer.ok());
  CHECK((*model)->database().damaged());
}
