// Site: the whole App over doubles: a log in memory, a store that answers what a test says, tokens that are names.
#pragma once

#include <doctest/doctest.h>

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "functions/api/accounts.hpp"
#include "functions/api/app.hpp"
#include "functions/api/articles.hpp"
#include "functions/api/authentication.hpp"
#include "functions/api/categories.hpp"
#include "functions/api/courses.hpp"
#include "functions/api/documents.hpp"
#include "functions/api/health.hpp"
#include "shared/domain/user.hpp"
#include "shared/json.hpp"
#include "shared/subject.hpp"
#include "tests/support/manual_clock.hpp"

namespace freshet::api::testing {

// FakeLog: subjects with expectations and whole batches, as JetStream has them.
class FakeLog final : public Log {
 public:
  Result<std::string> epoch() override {
    if (down) return Error{Errc::kUnavailable, "nats-server is away"};
    return std::string("abcd1234");
  }
  Result<Logged> read(std::string_view subject) override {
    ++reads;
    if (down) return Error{Errc::kUnavailable, "nats-server is away"};
    for (auto message = messages.rbegin(); message != messages.rend(); ++message) {
      if (message->subject == subject) return *message;
    }
    return Logged{std::string(subject), {}, {}, {}};
  }
  Result<std::vector<Logged>> read_all(std::span<const std::string> subjects) override {
    std::vector<Logged> out;
    for (const std::string& subject : subjects) {
      FRESHET_TRY(logged, read(subject));
      out.push_back(std::move(logged));
    }
    return out;
  }
  Result<Logged> read_at(StreamSequence sequence) override {
    if (sequence.value == 0 || sequence.value > messages.size()) return Error{Errc::kNotFound, "no such message"};
    return messages[sequence.value - 1];
  }
  Result<StreamSequence> append(const Append& message) override {
    ++appends;
    return store({&message, 1});
  }
  Result<StreamSequence> append_batch(std::span<const Append> batch) override {
    ++batches;
    return store(batch);
  }

  std::vector<Logged> messages;      // message n has sequence n + 1
  bool down = false;
  int reads = 0;
  int appends = 0;
  int batches = 0;
  std::function<void()> before_store;  // somebody else, between a handler's read and its append

 private:
  Result<StreamSequence> store(std::span<const Append> batch) {
    if (down) return Error{Errc::kUnavailable, "nats-server is away"};
    if (before_store) std::exchange(before_store, nullptr)();
    std::set<std::string> subjects;
    for (const Append& message : batch) {
      CHECK(subjects.insert(message.subject).second);
      FRESHET_TRY(last, read(message.subject));
      if (message.expected && *message.expected != last.sequence) return Error{Errc::kConflict, "wrong last sequence"};
    }
    for (const Append& message : batch) messages.push_back(Logged{message.subject, {messages.size() + 1}, message.headers, message.payload});
    return StreamSequence{messages.size()};
  }
};

class FakeStore final : public Store {
 public:
  struct Question {
    std::string query;
    std::string parameters;
    std::string min_position;
  };
  Result<Answer> ask(std::string_view query, std::string_view parameters, std::string_view min_position) override {
    questions.push_back({std::string(query), std::string(parameters), std::string(min_position)});
    return answer;
  }
  std::vector<Question> questions;
  Result<Answer> answer = Answer{"abcd1234-7", "\"abcd1234-5-1-en\"", "", "{\"count\":0,\"next\":null,\"previous\":null,\"results\":[]}"};
};

class FakeBus final : public Bus {
 public:
  Result<std::string> request(std::string_view subject, std::string_view, std::chrono::milliseconds) override {
    const auto found = answers.find(std::string(subject));
    if (found == answers.end()) return Error{Errc::kUnavailable, "nobody answers"};
    return found->second;
  }
  std::map<std::string, std::string> answers{{"$SYS.REQ.SERVER.PING.VARZ", R"({"data":{"jetstream":{"config":{"sync_always":true}}}})"},
                                             {"broker.health", R"({"status":"ok","connections":3,"position":9})"},
                                             {"broker.connections", R"({"streams":3})"}};
};

// `Bearer staff` and `Bearer reader` are good; everything else is not.
class FakeGate final : public Gate {
 public:
  Result<Principal> admit(std::string_view authorization) override {
    if (authorization == "Bearer staff") return Principal{"01STAFF0000000000000000000", "editor", "Ed Itor", "family", true, {}};
    if (authorization == "Bearer other") return Principal{"01STAFF0000000000000000001", "other", "Other", "family", true, {}};
    if (authorization == "Bearer reader") return Principal{"01READER000000000000000000", "reader", "Re Ader", "family", false, {}};
    return Error{Errc::kUnauthenticated, "not a token that is accepted"};
  }
};

class FakeCounters final : public Counters {
 public:
  Result<std::vector<std::int64_t>> add(std::span<const std::string> subjects, std::int64_t by) override {
    if (down) return Error{Errc::kUnavailable, "nats-server is away"};
    std::vector<std::int64_t> out;
    for (const std::string& subject : subjects) out.push_back(values[subject] += by);
    return out;
  }
  std::map<std::string, std::int64_t> values;
  bool down = false;
};

class FakeFreshness final : public Freshness {
 public:
  bool current() override { return is_current; }
  std::uint64_t generation() const override { return number; }
  bool is_current = true;
  std::uint64_t number = 1;
};

class TextBody final : public BodySource {
 public:
  explicit TextBody(std::string text) : text_(std::move(text)) {}
  Result<std::string> read(std::size_t bytes_max) override {
    ++reads;
    if (text_.size() > bytes_max) return Error{Errc::kPayloadTooLarge, "too large"};
    return text_;
  }
  int reads = 0;

 private:
  std::string text_;
};

// Whether tokens are names (FakeGate), or what they are in earnest.
enum class Tokens : std::uint8_t { kNames, kReal };

class Site {
 public:
  explicit Site(Tokens tokens = Tokens::kNames)
      : app_(Parts{clock, random, settings, log, store, bus, keys, counters, tokens == Tokens::kNames ? static_cast<Gate&>(gate) : token_gate, freshness,
                   cache},
             Router(routes())) {}

  static std::vector<Route> routes() {
    std::vector<Route> all;
    for (const auto& some : {article_routes(), category_routes(), course_routes(), account_routes(), health_routes(), document_routes()}) all.insert(all.end(), some.begin(), some.end());
    return all;
  }

  Response call(std::string_view method, std::string target, std::string body = {}, HeaderList headers = {}) {
    Request request;
    request.method = parse_method(method);
    request.target = std::move(target);
    request.headers = std::move(headers);
    if (!body.empty() && request.header("content-type") == nullptr) request.headers.emplace_back("content-type", "application/json");
    if (const Repeated* known = remembered(request)) return known->response;
    TextBody source(std::move(body));
    Response response = app_.answer(request, source);
    body_reads = source.reads;
    return response;
  }
  Response staff(std::string_view method, std::string target, std::string body = {}, HeaderList headers = {}) {
    headers.emplace_back("authorization", "Bearer staff");
    return call(method, std::move(target), std::move(body), std::move(headers));
  }

  // As main asks before anything else.
  [[nodiscard]] Repeated* remembered(const Request& request) {
    const HeaderViews headers(request.headers.begin(), request.headers.end());
    return app_.remembered({request.method, request.target, headers});
  }

  freshet::testing::ManualClock clock;
  freshet::testing::SeededRandom random{1};
  Settings settings = [] {
    Settings settings;
    settings.allowed_origins = {"https://page.example"};
    settings.jwt_key = "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A";  // RFC 8037 A.1
    settings.jwt_issuer = "freshet";
    settings.hs256_secret = "secret-of-another-system-with-32-bytes";
    settings.proxy_secret = "proxy";
    return settings;
  }();
  FakeLog log;
  FakeStore store;
  FakeBus bus;
  TokenKeys keys = TokenKeys::make(settings).value();
  FakeCounters counters;
  FakeGate gate;
  FakeFreshness freshness;
  TokenGate token_gate{keys, log, freshness, clock};
  AnswerCache cache;
  int body_reads = 0;

 private:
  App app_;
};

inline Json json_of(const Response& response) {
  auto parsed = parse_json(response.body);
  REQUIRE(parsed.ok());
  return *parsed;
}
inline std::string header_of(const Response& response, std::string_view name) {
  const std::string* value = find_header(response.headers, name);
  return value != nullptr ? *value : std::string();
}

inline const std::string kVersion = std::to_string(kProjectionVersion);  // as it stands in tags
inline const std::string kArticles = "/api/content/api/articles/";
inline const std::string kCourses = "/api/courses/";
inline const std::string kCategories = "/api/content/api/categories/";

}  // namespace freshet::api::testing
