// What the store's tests share: a folder of its own, an outbox that keeps what it is given, a follower on a manual clock.
#pragma once

#include <doctest/doctest.h>
#include <stdlib.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "functions/store/announcer.hpp"
#include "functions/store/follower.hpp"
#include "functions/store/query_service.hpp"
#include "tests/support/manual_clock.hpp"
#include "tests/unit/shared/projection/fixture.hpp"

namespace freshet::store_test {

using projection_test::article_of;
using projection_test::id_of;
using projection_test::kVersion;
using testing::ManualClock;

class Folder {
 public:
  Folder() {
    char name[] = "/tmp/freshet-store-XXXXXX";
    REQUIRE(::mkdtemp(name) != nullptr);
    path_ = name;
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() { std::filesystem::remove_all(path_); }
  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] std::vector<std::string> files() const {
    std::vector<std::string> out;
    for (const auto& entry : std::filesystem::directory_iterator(path_)) out.push_back(entry.path().filename());
    std::sort(out.begin(), out.end());
    return out;
  }

 private:
  std::string path_;
};

struct Published {
  std::string subject;
  HeaderList headers;
  std::string payload;

  [[nodiscard]] std::string header(std::string_view name) const {
    const std::string* value = find_header(headers, name);
    return value != nullptr ? *value : "";
  }
};

class KeptOutbox final : public store::Outbox {
 public:
  Result<void> publish(std::string_view subject, const HeaderList& headers, std::string_view payload) override {
    if (payload.size() > payload_max) return Error{Errc::kPayloadTooLarge, "too large"};
    published.push_back(Published{std::string(subject), headers, std::string(payload)});
    return {};
  }
  [[nodiscard]] std::vector<Published> take() { return std::exchange(published, {}); }
  std::vector<Published> published;
  std::size_t payload_max = 1u << 20;
};

// A log in memory and a follower behind it.
class Site {
 public:
  Site() : Site(std::make_shared<Folder>()) {}
  explicit Site(std::shared_ptr<Folder> where) : folder(std::move(where)), follower(clock, report, store::ModelFile(folder->path())) {}

  void append(std::string subject, std::string payload, BatchPlace place = BatchPlace::kAlone, std::string batch = {}) {
    log.push_back(projection_test::Entry{std::move(subject), log.empty() ? 1 : log.back().sequence + 1, std::move(payload), place, std::move(batch)});
  }
  void append(const Article& article) { append(article_subject(article.id), encode_article(article)); }
  void connect(std::string_view epoch = "abcd1234") { follower.log_found(epoch, StreamSequence{log.empty() ? 0 : log.back().sequence}); }

  // One round of the loop: hands over what the follower has not seen, and turns.
  store::Applied round() {
    if (follower.wants_tail()) {
      const auto from = follower.position();
      for (const auto& entry : log) {
        if (entry.sequence > from.value) follower.take(entry.message(), log.back().sequence - entry.sequence);
      }
    }
    const bool at_end = follower.wants_tail() && !log.empty() && follower.position().value >= log.back().sequence;
    return follower.turn(at_end ? store::TailState::kAtEnd : store::TailState::kBehind);
  }
  void until_live() {
    for (int rounds = 0; rounds < 100 && follower.phase() != store::Phase::kLive; ++rounds) round();
    REQUIRE(follower.phase() == store::Phase::kLive);
  }
  void begin() {
    if (log.empty()) append(std::string(kEpochSubject), R"({"epoch":"abcd1234"})");
    follower.start();
    connect();
    until_live();
  }

  std::shared_ptr<Folder> folder;
  ManualClock clock;
  store::Report report{clock, static_cast<store::Level>(4)};  // silent
  std::vector<projection_test::Entry> log;
  store::Follower follower;
};

}  // namespace freshet::store_test
