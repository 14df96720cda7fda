#include "functions/store/query_service.hpp"

#include <algorithm>

namespace freshet::store {
namespace {

// True when the read model at `at` shows everything up to `wanted`. A position of another epoch is never reached.
bool reached(const Checkpoint& at, std::string_view wanted) {
  if (wanted.empty()) return true;
  const auto position = parse_position(wanted);
  return position.ok() && position->epoch == at.epoch && position->sequence <= at.sequence;
}

std::string one_line(std::string_view text) {
  std::string out(text.substr(0, 200));
  std::replace_if(out.begin(), out.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, ' ');
  return out;
}

std::string error_body(const Error& error) {
  std::string body;
  JsonWriter writer(body);
  writer.begin_object().field("detail", error.detail).key("errors").begin_object();
  for (const auto& [field, reasons] : error.fields) {
    writer.key(field).begin_array();
    for (const std::string& reason : reasons) writer.text(reason);
    writer.end_array();
  }
  writer.end_object().end_object();
  return body;
}

}  // namespace

void QueryService::arrived(std::string_view subject, std::string_view reply, std::string_view min_position, std::string_view payload) {
  if (reply.empty() || !subject.starts_with(kQueryPrefix)) return;  // nobody to answer
  const auto now = clock_.steady();
  Question question{
      std::string(subject.substr(kQueryPrefix.size())), std::string(reply), std::string(min_position), {}, now, now + kWaitMax};
  if (payload.size() > kQuestionBytesMax || min_position.size() > kQuestionBytesMax) {
    refuse(question, Error{Errc::kInvalidArgument, "a question has at most " + std::to_string(kQuestionBytesMax) + " bytes"});
    return;
  }
  if (!min_position.empty() && !parse_position(min_position).ok()) {
    refuse(question, Error{Errc::kInvalidArgument, "Freshet-Min-Position: expected <epoch>-<sequence>"});
    return;
  }
  if (waiting_.size() >= kWaitingMax || waiting_bytes_ + payload.size() > kWaitingBytesMax) {
    refuse(question, Error{Errc::kUnavailable, "too many questions wait"});
    return;
  }
  question.payload = payload;
  waiting_bytes_ += payload.size();
  waiting_.push_back(std::move(question));
}

void QueryService::asked_about_itself(std::string_view subject, std::string_view reply) {
  if (reply.empty()) return;
  if (const auto answer = info_.answer(subject)) static_cast<void>(outbox_.publish(reply, {}, *answer).ok());
}

void QueryService::turn(Follower& follower) {
  if (follower.gathering()) return;
  const Checkpoint at = follower.checkpoint();
  // The tags of remembered answers name the epoch, and their touches belong to one read model.
  if (cache_of_ != follower.queries() || cache_epoch_ != at.epoch) {
    cache_.clear();
    cache_of_ = follower.queries();
    cache_epoch_ = at.epoch;
  }
  for (std::size_t left = waiting_.size(); left > 0; --left) {
    Question question = std::move(waiting_.front());
    waiting_.pop_front();
    if (try_answer(question, follower) == Outcome::kDone) {
      waiting_bytes_ -= question.payload.size();
    } else {
      waiting_.push_back(std::move(question));
    }
  }
}

QueryService::Outcome QueryService::try_answer(Question& question, Follower& follower) {
  if (question.name == "health") {
    answer_health(question, follower);
    return Outcome::kDone;
  }
  const Phase phase = follower.phase();
  if (follower.queries() == nullptr) {
    refuse(question, Error{Errc::kUnavailable, "the read model is being built from the log", {}, 5});
    return Outcome::kDone;
  }
  const Checkpoint at = follower.checkpoint();
  if (phase == Phase::kLive && reached(at, question.min_position)) {
    answer_now(question, follower);
    return Outcome::kDone;
  }
  if (clock_.steady() < question.deadline) return Outcome::kWait;
  refuse(question, Error{Errc::kUnavailable,
                         phase == Phase::kLive ? "the position asked for is not reached; this is " + format_position(at.epoch, at.sequence)
                                               : std::string("the read model is catching up with the log")});
  return Outcome::kDone;
}

void QueryService::answer_now(Question& question, Follower& follower) {
  Queries& queries = *follower.queries();
  const Checkpoint at = follower.checkpoint();
  std::string key = question.name + ' ' + question.payload;
  if (const Answer* known = cache_.get(key, queries)) {
    send(question, *known, at);
    return;
  }
  const auto parameters = parse_json_object(question.payload.empty() ? std::string_view("{}") : std::string_view(question.payload));
  if (!parameters.ok()) {
    refuse(question, parameters.error());
    return;
  }
  auto answer = queries.answer(question.name, *parameters);
  if (!answer.ok()) {
    follower.answer_failed(answer.error());
    refuse(question, answer.error());
    return;
  }
  send(question, *answer, at);
  cache_.put(std::move(key), std::move(*answer), queries);
}

void QueryService::answer_health(const Question& question, Follower& follower) {
  const Checkpoint at = follower.checkpoint();
  Answer answer;
  JsonWriter writer(answer.body);
  writer.begin_object().field("status", follower.phase() == Phase::kLive ? "ok" : "unavailable").field("state", name_of(follower.phase()));
  writer.field("position", format_position(at.epoch, at.sequence)).field("applied_at", format_time(follower.applied_at()));
  writer.key("version").number(kProjectionVersion).key("skipped").number(static_cast<std::int64_t>(at.skipped));
  writer.key("poisoned").number(static_cast<std::int64_t>(at.poisoned)).key("waiting").number(static_cast<std::int64_t>(waiting_.size()));
  writer.key("cached_bytes").number(static_cast<std::int64_t>(cache_.bytes())).end_object();
  send(question, answer, at);
}

void QueryService::send(const Question& question, const Answer& answer, const Checkpoint& at) {
  HeaderList headers{{"Freshet-Status", "200"}, {"Freshet-Position", format_position(at.epoch, at.sequence)}};
  if (!answer.etag.empty()) headers.emplace_back("Freshet-Etag", answer.etag);
  if (!answer.link.empty()) headers.emplace_back("Freshet-Link", answer.link);
  if (auto sent = outbox_.publish(question.reply, headers, answer.body); !sent.ok() && sent.error().code == Errc::kPayloadTooLarge) {
    refuse(question, Error{Errc::kInternal, "the answer is larger than a message may be; ask for a smaller page"});
    return;
  }
  info_.count(question.name, clock_.steady() - question.arrived);
}

void QueryService::refuse(const Question& question, const Error& error) {
  const std::string code = std::to_string(info(error.code).http_status);
  HeaderList headers{{"Nats-Service-Error-Code", code}, {"Nats-Service-Error", one_line(error.detail)}};
  if (info(error.code).retry == Retry::kLater) headers.emplace_back("Retry-After", std::to_string(error.retry_after_s));
  // That fails only with the connection, and then nobody waits.
  static_cast<void>(outbox_.publish(question.reply, headers, error_body(error)).ok());
  info_.count_error(question.name, clock_.steady() - question.arrived, code + ' ' + error.detail);
}

std::chrono::milliseconds QueryService::patience() const {
  using std::chrono::milliseconds;
  milliseconds shortest = kWaitMax;
  for (const Question& question : waiting_) {
    shortest = std::min(shortest, std::chrono::duration_cast<milliseconds>(question.deadline - clock_.steady()));
  }
  return std::max(shortest, milliseconds{1});
}

}  // namespace freshet::store
