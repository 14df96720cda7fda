// QueryService: questions on `store.query.<name>`, answered from the read model.
//
// Shape     a question is queued when it arrives and answered in the next turn, after the commit. One that names a position
//           (`Freshet-Min-Position`) the read model has not reached waits, as every one does while the read model catches up; others are not held
//           up by it. Answer: headers Freshet-Status, Freshet-Position, Freshet-Etag, Freshet-Link, the body as it goes out over HTTP.
//           Error: Nats-Service-Error-Code, Nats-Service-Error, body `{"detail","errors"}`.
//           `health` and `$SRV.…` are answered in every phase.
// Bounds    kWaitMax; kWaitingMax questions and kWaitingBytesMax of them, more are refused with 503; a question of kQuestionBytesMax
// Errors    503 while there is no complete read model, or when a wait is over
// Source    PLAN "query service"; NATS ADR-32 (error headers)
#pragma once

#include <chrono>
#include <deque>
#include <string>
#include <string_view>

#include "functions/store/answer_cache.hpp"
#include "functions/store/follower.hpp"
#include "functions/store/outbox.hpp"
#include "functions/store/service_info.hpp"

namespace freshet::store {

class QueryService {
 public:
  static constexpr std::chrono::milliseconds kWaitMax{2000};
  static constexpr std::size_t kWaitingMax = 8192;
  static constexpr std::size_t kWaitingBytesMax = 16u << 20;
  static constexpr std::size_t kQuestionBytesMax = 64u << 10;

  QueryService(const Clock& clock, Outbox& outbox, ServiceInfo& info) : clock_(clock), outbox_(outbox), info_(info) {}

  // A message on `store.query.<name>`. `min_position` is the header's value, or empty.
  void arrived(std::string_view subject, std::string_view reply, std::string_view min_position, std::string_view payload);
  // A message on `$SRV.…`.
  void asked_about_itself(std::string_view subject, std::string_view reply);
  // After each turn of the follower.
  void turn(Follower& follower);
  [[nodiscard]] std::chrono::milliseconds patience() const;
  [[nodiscard]] std::size_t waiting() const { return waiting_.size(); }

 private:
  struct Question {
    std::string name;
    std::string reply;
    std::string min_position;
    std::string payload;
    SteadyTime arrived;
    SteadyTime deadline;
  };
  enum class Outcome : std::uint8_t { kDone, kWait };
  [[nodiscard]] Outcome try_answer(Question& question, Follower& follower);
  void answer_now(Question& question, Follower& follower);
  void answer_health(const Question& question, Follower& follower);
  void send(const Question& question, const Answer& answer, const Checkpoint& at);
  void refuse(const Question& question, const Error& error);

  const Clock& clock_;
  Outbox& outbox_;
  ServiceInfo& info_;
  AnswerCache cache_;
  std::string cache_epoch_;
  const Queries* cache_of_ = nullptr;
  std::deque<Question> waiting_;
  std::size_t waiting_bytes_ = 0;
};

}  // namespace freshet::store
