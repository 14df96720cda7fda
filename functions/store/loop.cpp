#include "functions/store/loop.hpp"

#include <algorithm>
#include <memory>

#include "functions/store/announcer.hpp"
#include "functions/store/query_service.hpp"
#include "shared/nats/jetstream.hpp"
#include "shared/nats/log_tail.hpp"

namespace freshet::store {
namespace {

using std::chrono::milliseconds;
constexpr milliseconds kRetryMin{50};
constexpr milliseconds kRetryMax{1000};

nats::ClientOptions client_options(const Settings& settings) {
  nats::ClientOptions options;
  options.server = settings.server;
  options.name = "freshet-store-" + settings.store_id;
  options.inbox_prefix = settings.server.credentials.user.empty() ? "_INBOX" : "_INBOX_" + settings.server.credentials.user;
  options.acknowledge = nats::ClientOptions::Acknowledge::kPromptly;
  return options;
}

class ClientOutbox final : public Outbox {
 public:
  explicit ClientOutbox(nats::Client& client) : client_(client) {}
  Result<void> publish(std::string_view subject, const HeaderList& headers, std::string_view payload) override {
    if (!client_.connected()) return {};
    return client_.publish(subject, {}, headers, payload);
  }

 private:
  nats::Client& client_;
};

LogMessage log_message(const nats::TailMessage& message) {
  const auto batch = nats::batch_place(message.headers);
  const BatchPlace place = batch.id.empty() ? BatchPlace::kAlone : batch.commit ? BatchPlace::kLast : BatchPlace::kInside;
  return LogMessage{message.subject, message.sequence, message.payload, place, batch.id};
}

class Loop {
 public:
  Loop(nats::Transport& transport, const Clock& clock, Random& random, const Settings& settings)
      : random_(random),
        settings_(settings),
        report_(clock, settings.log_level),
        client_(transport, clock, random, client_options(settings)),
        jetstream_(client_, random),
        outbox_(client_),
        info_(settings.store_id, clock.wall()),
        follower_(clock, report_, ModelFile(settings.folder)),
        service_(clock, outbox_, info_),
        announcer_(clock, outbox_, settings.place, settings.store_id) {}

  void run(const std::function<bool()>& going) {
    follower_.start();
    subscribe();
    while (going()) {
      if (const auto done = round(); done.ok()) {
        retry_ = kRetryMin;
      } else {
        disconnected(done.error());
      }
    }
  }

 private:
  void subscribe() {
    const auto asked = client_.subscribe("store.query.>", kServiceName, [this](const nats::MessageView& message) {
      service_.arrived(message.subject, message.reply, message.headers.find("Freshet-Min-Position").value_or(std::string_view()),
                       message.payload);
    });
    FRESHET_CHECK(asked.ok());
    for (const char* verb : {"PING", "INFO", "STATS"}) {
      for (const std::string& target : {std::string(), std::string(".store"), ".store." + settings_.store_id}) {
        const auto known = client_.subscribe("$SRV." + std::string(verb) + target, "", [this](const nats::MessageView& message) {
          service_.asked_about_itself(message.subject, message.reply);
        });
        FRESHET_CHECK(known.ok());
      }
    }
  }

  Result<void> round() {
    if (!client_.connected() || client_.generation() != checked_) FRESHET_TRY_VOID(look_at_log());
    if (follower_.wants_tail()) {
      if (tail_ == nullptr || tail_number_ != follower_.tail_number()) start_tail();
      FRESHET_TRY_VOID(tail_->keep());
      if (client_.generation() != checked_) return {};  // it came back on another connection: look at the log first
    } else {
      tail_.reset();
    }
    FRESHET_TRY(handled, client_.poll(patience()));
    static_cast<void>(handled);
    turn();
    return {};
  }

  // What the log is now, before anything of it is applied: it may have been restored while we were away.
  Result<void> look_at_log() {
    follower_.connection_lost();
    tail_.reset();
    FRESHET_TRY_VOID(client_.connect());
    const auto generation = client_.generation();
    FRESHET_TRY(info, jetstream_.stream_info(kLogStream));
    FRESHET_TRY(epoch, jetstream_.last(kLogStream, kEpochSubject));
    if (!info || !epoch) return Error{Errc::kUnavailable, "the log is not there yet (freshet init makes it)"};
    FRESHET_TRY(state, parse_json_object(epoch->payload));
    follower_.log_found(json_text_or(state, "epoch", ""), info->last);
    if (generation != client_.generation()) return Error{Errc::kUnavailable, "the connection broke"};
    checked_ = generation;
    report_.say(Level::kInfo, "connected", {{"server", settings_.server.host}, {"log_last", std::to_string(info->last.value)}});
    return {};
  }

  void start_tail() {
    tail_.reset();
    tail_number_ = follower_.tail_number();
    tail_ = std::make_unique<nats::LogTail>(
        jetstream_, random_, nats::TailOptions{}, follower_.position(),
        [this](const nats::TailMessage& message) { follower_.take(log_message(message), message.pending); });
  }

  void turn() {
    const auto state =
        tail_ != nullptr && tail_number_ == follower_.tail_number() && tail_->live() ? TailState::kAtEnd : TailState::kBehind;
    const Applied applied = follower_.turn(state);
    announcer_.turn(applied, follower_.phase(), follower_.checkpoint());
    service_.turn(follower_);
  }

  milliseconds patience() const {
    milliseconds wait = std::min(follower_.patience(), announcer_.patience());
    return service_.waiting() > 0 ? std::min(wait, service_.patience()) : wait;
  }

  void disconnected(const Error& error) {
    if (retry_ == kRetryMin) report_.say(Level::kWarning, "not connected to nats-server", {{"why", error.detail}});
    follower_.connection_lost();
    tail_.reset();
    client_.close();
    client_.pause(retry_);
    retry_ = std::min(retry_ * 2, kRetryMax);
  }

  Random& random_;
  const Settings& settings_;
  Report report_;
  nats::Client client_;
  nats::JetStream jetstream_;
  ClientOutbox outbox_;
  ServiceInfo info_;
  Follower follower_;
  QueryService service_;
  Announcer announcer_;
  std::unique_ptr<nats::LogTail> tail_;  // behind everything it calls
  std::uint64_t tail_number_ = 0;
  std::uint64_t checked_ = 0;  // connection on which the log was looked at
  milliseconds retry_ = kRetryMin;
};

}  // namespace

void run(nats::Transport& transport, const Clock& clock, Random& random, const Settings& settings, const std::function<bool()>& going) {
  Loop(transport, clock, random, settings).run(going);
}

}  // namespace freshet::store
