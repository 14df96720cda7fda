#include "functions/store/follower.hpp"

#include <fstream>

#include "tests/unit/functions/store/fixture.hpp"

using namespace freshet;
using namespace freshet::store_test;
using store::Phase;
using std::chrono::milliseconds;

namespace {

const std::string kRead = "read-" + std::to_string(kProjectionVersion);

std::int64_t published(const Site& site, store::Follower& follower) {
  REQUIRE(follower.queries() != nullptr);
  const auto answer = follower.queries()->answer("articles.list", *parse_json("{}"));
  REQUIRE(answer.ok());
  static_cast<void>(site);
  return *json_integer(*parse_json(answer->body), "count");
}

}  // namespace

TEST_CASE("a store without a file builds one from the log, and only then answers") {
  Site site;
  site.append(std::string(kEpochSubject), R"({"epoch":"abcd1234"})");
  for (std::uint64_t i = 1; i <= 120; ++i) site.append(article_of(i, static_cast<std::int64_t>(5000 + i)));
  site.follower.start();
  site.connect();
  CHECK(site.follower.phase() == Phase::kBuilding);
  CHECK(site.follower.queries() == nullptr);
  CHECK(site.folder->files() == std::vector<std::string>{kRead + ".building"});
  site.until_live();
  CHECK(site.folder->files().front() == kRead + ".db");
  CHECK(published(site, site.follower) == 120);
}

TEST_CASE("a store that comes back goes on from its checkpoint") {
  auto folder = std::make_shared<Folder>();
  std::vector<projection_test::Entry> log;
  {
    Site site(folder);
    site.begin();
    site.append(article_of(1, 5000));
    CHECK(site.round().touched == std::set<Touched>{{EntityKind::kArticle, id_of(1)}});
    site.clock.advance(store::Follower::kCommitTime);
    site.round();
    log = site.log;
  }
  Site again(folder);
  again.log = log;
  again.append(article_of(2, 6000));
  again.follower.start();
  again.connect();
  CHECK(again.follower.phase() == Phase::kCatchingUp);
  CHECK(again.follower.position().value == 2);
  const auto applied = again.round();
  CHECK(applied.touched == std::set<Touched>{{EntityKind::kArticle, id_of(2)}});
  CHECK_FALSE(applied.everything);
  again.until_live();
  CHECK(published(again, again.follower) == 2);
}

TEST_CASE("what is shown while live is on disk after a while, and a crash before that costs nothing but applying it again") {
  auto folder = std::make_shared<Folder>();
  std::vector<projection_test::Entry> log;
  const auto position_after_crash = [&](milliseconds lived) {
    {
      Site site(folder);
      site.log = log;
      site.begin();
      site.append(article_of(static_cast<int>(log.size()) + 1, 5000));
      CHECK(site.round().shown);
      CHECK(published(site, site.follower) == site.log.size() - 1);
      CHECK(site.follower.patience() <= store::Follower::kCommitTime);
      site.clock.advance(lived);
      site.round();
      log = site.log;
    }
    Site again(folder);
    again.follower.start();
    return again.follower.position().value;
  };
  CHECK(position_after_crash(store::Follower::kCommitTime - milliseconds(1)) == 1);
  CHECK(position_after_crash(store::Follower::kCommitTime) == 3);
}

TEST_CASE("another epoch, and a log that ends before the checkpoint, lead to a new build") {
  Site site;
  site.begin();
  site.append(article_of(1, 5000));
  site.round();
  SUBCASE("another epoch") {
    site.log = {};
    site.append(std::string(kEpochSubject), R"({"epoch":"zzzz9999"})");
    site.append(article_of(7, 5000));
    site.append(article_of(8, 6000));
    site.follower.connection_lost();
    CHECK(site.follower.phase() == Phase::kCatchingUp);
    site.connect("zzzz9999");
  }
  SUBCASE("a shorter log") {
    site.log.resize(1);
    site.follower.connection_lost();
    site.connect();
  }
  CHECK_FALSE(site.follower.wants_tail());
  bool everything = false;
  for (int i = 0; i < 50 && site.follower.phase() != Phase::kLive; ++i) everything = site.round().everything || everything;
  CHECK(site.follower.phase() == Phase::kLive);
  CHECK(everything);
  CHECK(published(site, site.follower) == static_cast<std::int64_t>(site.log.size()) - 1);
}

TEST_CASE("a new epoch in the running log is an event like others") {
  Site site;
  site.begin();
  site.append(article_of(1, 5000));
  site.append(std::string(kEpochSubject), R"({"epoch":"bbbb2222"})");
  site.round();
  CHECK(site.follower.phase() == Phase::kLive);
  CHECK(site.follower.checkpoint().epoch == "bbbb2222");
  site.follower.connection_lost();
  site.connect("bbbb2222");
  site.until_live();
  CHECK(published(site, site.follower) == 1);
}

TEST_CASE("a damaged file is built again, when it is opened and when it is read") {
  auto folder = std::make_shared<Folder>();
  std::vector<projection_test::Entry> log;
  {
    Site site(folder);
    site.append(std::string(kEpochSubject), R"({"epoch":"abcd1234"})");
    for (std::uint64_t i = 1; i <= 200; ++i) site.append(article_of(i, static_cast<std::int64_t>(5000 + i)));
    site.begin();
    log = site.log;
    SUBCASE("an answer meets damage") {
      site.follower.answer_failed(Error{Errc::kInternal, "SQLite: database disk image is malformed"});
      CHECK_FALSE(site.follower.wants_tail());
      site.round();
      site.clock.advance(milliseconds(500));
      site.round();
      CHECK(site.follower.phase() == Phase::kBuilding);
      site.until_live();
      CHECK(published(site, site.follower) == 200);
    }
  }
  {
    std::fstream file(folder->path() + '/' + kRead + ".db", std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(4096 * 4);
    file << std::string(4096, '\xee');
  }
  Site again(folder);
  again.log = log;
  again.begin();
  CHECK(published(again, again.follower) == 200);
}

TEST_CASE("an interrupted build and files of other versions are thrown away") {
  auto folder = std::make_shared<Folder>();
  for (const std::string& name : {std::string("read-0.db"), std::string("read-0.db-journal"), kRead + ".building", std::string("notes.txt")}) {
    std::ofstream(folder->path() + '/' + name) << "old";
  }
  Site site(folder);
  site.begin();
  const auto files = site.folder->files();
  CHECK(std::find(files.begin(), files.end(), "read-0.db") == files.end());
  CHECK(std::find(files.begin(), files.end(), kRead + ".building") == files.end());
  CHECK(std::find(files.begin(), files.end(), "notes.txt") != files.end());
}

TEST_CASE("a batch is shown whole or not at all, and one without its end after a quiet second at the log's end") {
  Site site;
  site.begin();
  const Article first = article_of(1, 5000);
  site.append(article_subject(first.id), encode_article(first), BatchPlace::kInside, "b");
  site.round();
  CHECK(site.follower.gathering());
  CHECK(site.follower.checkpoint().sequence.value == 1);
  SUBCASE("its end comes") {
    const Article second = article_of(2, 6000);
    site.append(article_subject(second.id), encode_article(second), BatchPlace::kLast, "b");
    site.round();
    CHECK(published(site, site.follower) == 2);
  }
  SUBCASE("its end has expired") {
    site.clock.advance(milliseconds(999));
    site.round();
    CHECK(site.follower.gathering());
    site.clock.advance(milliseconds(1));
    site.round();
    CHECK(published(site, site.follower) == 1);
  }
  SUBCASE("the connection is away meanwhile: nothing is known of its end") {
    site.clock.advance(milliseconds(5000));
    static_cast<void>(site.follower.turn(store::TailState::kBehind));
    CHECK(site.follower.gathering());
  }
  CHECK(site.follower.patience() >= milliseconds(1));
}

TEST_CASE("events that are known to be followed by more are gathered, for a while") {
  Site site;
  site.begin();
  const Article article = article_of(1, 5000);
  const projection_test::Entry entry{article_subject(article.id), 2, encode_article(article), BatchPlace::kAlone, {}};
  site.follower.take(entry.message(), 1000);
  CHECK_FALSE(site.follower.turn(store::TailState::kBehind).shown);
  site.clock.advance(store::Follower::kGatherTime);
  CHECK(site.follower.turn(store::TailState::kBehind).shown);
}

TEST_CASE("what the log has lost at its end is passed over, so that its position is reached") {
  Site site;
  site.begin();
  site.append(article_of(1, 5000));
  site.follower.connection_lost();
  site.follower.log_found("abcd1234", StreamSequence{40});  // 3 to 40 have expired
  site.until_live();
  CHECK(site.follower.checkpoint().sequence.value == 40);
}

TEST_CASE("a folder that cannot be written is tried again, ever more slowly") {
  ManualClock clock;
  const store::Report silent(clock, static_cast<store::Level>(4));
  store::Follower follower(clock, silent, store::ModelFile("/nowhere/at/all"));
  follower.start();
  CHECK_FALSE(follower.wants_tail());
  int tries = 0;
  for (int tenths = 0; tenths < 100; ++tenths) {
    const auto before = follower.tail_number();
    static_cast<void>(follower.turn(store::TailState::kBehind));
    if (follower.tail_number() != before) ++tries;
    clock.advance(milliseconds(100));
  }
  CHECK(tries >= 3);
  CHECK(tries <= 6);
}
