#include "infra/cli/epoch.hpp"

#include "shared/subject.hpp"

namespace freshet::cli {
namespace {
constexpr std::size_t kEpochLength = 8;
}

Result<std::string> read_epoch(nats::JetStream& log) {
  auto found = log.last(kLogStream, kEpochSubject);
  if (!found.ok() && found.error().code == Errc::kUnavailable && log.client().connected()) {
    return Error{Errc::kUnavailable, "there is no log: run freshet init (" + found.error().detail + ")"};
  }
  if (!found.ok()) return std::move(found).error();
  if (!*found) return Error{Errc::kNotFound, "the log has no epoch: run freshet init"};
  FRESHET_TRY(json, parse_json_object((*found)->payload));
  std::string epoch = json_text_or(json, "epoch", "");
  if (!is_epoch(epoch)) return Error{Errc::kInternal, "log.epoch holds no epoch: " + (*found)->payload};
  return epoch;
}

Result<void> append_epoch(nats::JetStream& log, Random& random, StreamSequence expected) {
  nats::Append append;
  append.subject = kEpochSubject;
  append.headers = {{"content-type", "application/json"}};
  append.payload = R"({"epoch":")" + random_token(random, kEpochLength) + R"("})";
  append.expected = expected;
  FRESHET_TRY(ack, log.append(append));
  static_cast<void>(ack);
  return {};
}

}  // namespace freshet::cli
