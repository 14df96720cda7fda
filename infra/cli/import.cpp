// freshet import: events of an export, or plain articles, into the log.
//
// Shape     a line with `specversion` or `headers` is an event (cloudevent.hpp), any other an article (article_import.hpp)
// Order     that of the lines, in atomic batches of up to kBatchMessages messages or kBatchBytes: an import that stops has stored whole batches,
//           and says up to which line
// Errors    a line that cannot be read ends the import with its number. Events go into an empty log only, unless --merge says otherwise:
//           the last event of a subject counts, so merging overwrites.
#include <fstream>
#include <iostream>

#include "infra/cli/article_import.hpp"
#include "infra/cli/cloudevent.hpp"
#include "infra/cli/command.hpp"
#include "infra/cli/epoch.hpp"
#include "shared/subject.hpp"

namespace freshet::cli {
namespace {

constexpr std::size_t kBatchMessages = 500;
constexpr std::size_t kBatchBytes = 4 * 1024 * 1024;

// Collects appends and sends them in batches.
class Batches {
 public:
  explicit Batches(nats::JetStream& log) : log_(log) {}

  [[nodiscard]] Result<void> add(std::vector<nats::Append> appends) {
    std::size_t bytes = 0;
    for (const auto& append : appends) bytes += append.payload.size();
    if (waiting_.size() + appends.size() > kBatchMessages || bytes_ + bytes > kBatchBytes) FRESHET_TRY_VOID(send());
    for (auto& append : appends) waiting_.push_back(std::move(append));
    bytes_ += bytes;
    return {};
  }

  [[nodiscard]] Result<void> send() {
    if (waiting_.empty()) return {};
    auto ack = log_.append_batch(waiting_);
    if (!ack.ok()) return std::move(ack).error();
    stored_ += waiting_.size();
    waiting_.clear();
    bytes_ = 0;
    return {};
  }

  [[nodiscard]] std::uint64_t stored() const { return stored_; }

 private:
  nats::JetStream& log_;
  std::vector<nats::Append> waiting_;
  std::size_t bytes_ = 0;
  std::uint64_t stored_ = 0;
};

bool is_event(const Json& line) { return json_member(line, "specversion") != nullptr || json_member(line, "headers") != nullptr; }

// Events replace whatever is there, so by default nothing may be there but the epoch.
Result<void> check_empty(const Program& program, nats::JetStream& log) {
  if (program.has("merge")) return {};
  FRESHET_TRY(info, log.stream_info(kLogStream));
  if (!info) return Error{Errc::kNotFound, "there is no log: run freshet init"};
  if (info->messages > 1) {
    return Error{Errc::kConflict, "the log already holds " + std::to_string(info->messages) + " events: --merge imports all the same"};
  }
  return {};
}

class Import {
 public:
  Import(Program& program, nats::JetStream& log) : program_(program), log_(log), batches_(log), articles_(log, program.random(), program.clock()) {}

  [[nodiscard]] Result<void> line(std::string_view text) {
    FRESHET_TRY(json, parse_json_object(text));
    if (!is_event(json)) {
      FRESHET_TRY(appends, articles_.appends(json));
      return batches_.add(std::move(appends));
    }
    if (!events_) FRESHET_TRY_VOID(check_empty(program_, log_));
    events_ = true;
    FRESHET_TRY(append, decode_cloudevent(json));
    if (append.subject == kEpochSubject) return {};
    std::vector<nats::Append> one;
    one.push_back(std::move(append));
    return batches_.add(std::move(one));
  }

  [[nodiscard]] Result<void> finish() {
    FRESHET_TRY_VOID(batches_.send());
    if (!events_) return {};
    // What was imported has new sequences: positions of the old log must not fit.
    FRESHET_TRY(last, log_.last(kLogStream, kEpochSubject));
    return append_epoch(log_, program_.random(), last ? last->sequence : StreamSequence{0});
  }

  [[nodiscard]] std::uint64_t stored() const { return batches_.stored(); }

 private:
  Program& program_;
  nats::JetStream& log_;
  Batches batches_;
  ArticleImport articles_;
  bool events_ = false;
};

Result<void> run(Program& program) {
  if (program.words().size() > 1) return Error{Errc::kInvalidArgument, "import takes one file, or standard input"};
  std::ifstream file;
  if (!program.words().empty() && program.words().front() != "-") {
    file.open(program.words().front(), std::ios::binary);
    if (!file) return Error{Errc::kInvalidArgument, "cannot read " + program.words().front()};
  }
  std::istream& input = file.is_open() ? file : std::cin;
  FRESHET_TRY(log, program.log());
  FRESHET_TRY(epoch, read_epoch(*log));
  static_cast<void>(epoch);
  Import import(program, *log);
  std::string text;
  for (std::uint64_t number = 1; std::getline(input, text); ++number) {
    if (text.empty()) continue;
    if (auto read = import.line(text); !read.ok()) {
      Error error = std::move(read).error();
      error.detail = "line " + std::to_string(number) + ": " + error.detail + " (" + std::to_string(import.stored()) + " events stored before)";
      return error;
    }
  }
  FRESHET_TRY_VOID(import.finish());
  warn(std::to_string(import.stored()) + " events imported");
  return {};
}

constexpr Option kOptions[] = {{"merge", Takes::kNothing, "", "import events into a log that is not empty; they overwrite"}};

}  // namespace

const Command kImport{"import", "append events of an export, or articles, one a line", "[FILE]", kOptions, run};

}  // namespace freshet::cli
