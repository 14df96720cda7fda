#include "broker/jetstream/nats_link.hpp"

#include <nats/nats.h>

#include <algorithm>
#include <cstdlib>

namespace freshet::broker {
namespace {

constexpr int kConnectTimeout_ms = 2'000;
constexpr int kReconnectWait_ms = 200;
constexpr int kReconnectJitter_ms = 200;
constexpr int kPingInterval_ms = 5'000;
constexpr int kPingsOut = 2;
constexpr int kCloseWait_ms = 3'000;

struct OptionsDeleter {
  void operator()(natsOptions* options) const { natsOptions_Destroy(options); }
};
struct SubscriptionDeleter {
  void operator()(natsSubscription* subscription) const { natsSubscription_Destroy(subscription); }
};
using Options = std::unique_ptr<natsOptions, OptionsDeleter>;
using Subscription = std::unique_ptr<natsSubscription, SubscriptionDeleter>;

void copy_headers(natsMsg* from, HeaderList& to) {
  const char** keys = nullptr;
  int count = 0;
  if (natsMsgHeader_Keys(from, &keys, &count) != NATS_OK) return;
  to.reserve(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) {
    const char* value = nullptr;
    if (natsMsgHeader_Get(from, keys[i], &value) == NATS_OK) to.emplace_back(keys[i], value != nullptr ? value : "");
  }
  std::free(keys);  // the names themselves belong to the message
}

NatsMessage copy_message(natsMsg* from) {
  NatsMessage out;
  out.subject = natsMsg_GetSubject(from);
  if (const char* reply = natsMsg_GetReply(from)) out.reply = reply;
  copy_headers(from, out.headers);
  out.payload.assign(natsMsg_GetData(from), static_cast<std::size_t>(natsMsg_GetDataLength(from)));
  return out;
}

class CnatsLink final : public NatsLink {
 public:
  CnatsLink(NatsLinkSettings settings, NatsInlet& inlet) : settings_(std::move(settings)), inlet_(inlet) {}
  CnatsLink(const CnatsLink&) = delete;
  CnatsLink& operator=(const CnatsLink&) = delete;
  ~CnatsLink() override {
    close();
    nats_CloseAndWait(kCloseWait_ms);  // callbacks use this object
  }

  Result<void> reopen() override {
    close();
    FRESHET_TRY(options, make_options());
    const natsStatus status = natsConnection_Connect(&connection_, options.get());
    if (status != NATS_OK && status != NATS_NOT_YET_CONNECTED) return failure("connect", status);
    FRESHET_TRY_VOID(follow(settings_.inbox + ".>"));
    for (const std::string& subject : settings_.subjects) FRESHET_TRY_VOID(follow(subject));
    if (status == NATS_OK) inlet_.on_nats_connected();
    return {};
  }

  std::string_view inbox() const override { return settings_.inbox; }

  void receive_deliveries(std::string_view subject) override {
    deliveries_.reset();
    if (connection_ == nullptr) return;
    // A failure shows as silence, after which the consumer is made anew.
    natsSubscription* raw = nullptr;
    natsConnection_Subscribe(&raw, connection_, std::string(subject).c_str(), on_message, this);
    deliveries_.reset(raw);
  }

  void publish(std::string_view subject, std::string_view reply, std::string_view payload) override {
    const std::string to(subject);
    const auto length = static_cast<int>(payload.size());
    if (connection_ == nullptr) return;
    // A failure means that there is no connection, or no room in its buffer: what is not answered is asked again.
    if (reply.empty()) {
      natsConnection_Publish(connection_, to.c_str(), payload.data(), length);
    } else {
      natsConnection_PublishRequest(connection_, to.c_str(), std::string(reply).c_str(), payload.data(), length);
    }
  }

 private:
  static Error failure(std::string_view what, natsStatus status) {
    return Error{Errc::kUnavailable, "NATS " + std::string(what) + ": " + natsStatus_GetText(status)};
  }

  Result<Options> make_options() {
    natsOptions* raw = nullptr;
    natsStatus status = natsOptions_Create(&raw);
    Options options(raw);
    const auto set = [&](natsStatus next) { status = status == NATS_OK ? next : status; };
    set(natsOptions_SetURL(raw, settings_.url.c_str()));
    set(natsOptions_SetName(raw, settings_.name.c_str()));
    set(natsOptions_SetTimeout(raw, kConnectTimeout_ms));
    set(natsOptions_SetMaxReconnect(raw, -1));
    set(natsOptions_SetReconnectWait(raw, kReconnectWait_ms));
    set(natsOptions_SetReconnectJitter(raw, kReconnectJitter_ms, kReconnectJitter_ms));
    set(natsOptions_SetPingInterval(raw, kPingInterval_ms));
    set(natsOptions_SetMaxPingsOut(raw, kPingsOut));
    set(natsOptions_UseGlobalMessageDelivery(raw, true));
    set(natsOptions_SetRetryOnFailedConnect(raw, true, on_connected, this));
    set(natsOptions_SetReconnectedCB(raw, on_connected, this));
    set(natsOptions_SetDisconnectedCB(raw, on_disconnected, this));
    set(natsOptions_SetClosedCB(raw, on_closed, this));
    if (status != NATS_OK) return failure("options", status);
    return options;
  }

  Result<void> follow(const std::string& subject) {
    natsSubscription* raw = nullptr;
    const natsStatus status = natsConnection_Subscribe(&raw, connection_, subject.c_str(), on_message, this);
    if (status != NATS_OK) return failure("subscribe " + subject, status);
    subscriptions_.emplace_back(raw);
    return {};
  }

  static CnatsLink& self(void* closure) { return *static_cast<CnatsLink*>(closure); }
  static void on_message(natsConnection*, natsSubscription*, natsMsg* message, void* closure) {
    self(closure).inlet_.on_nats_message(copy_message(message));
    natsMsg_Destroy(message);
  }
  static void on_connected(natsConnection*, void* closure) { self(closure).inlet_.on_nats_connected(); }
  static void on_disconnected(natsConnection*, void* closure) { self(closure).inlet_.on_nats_disconnected(); }
  static void on_closed(natsConnection*, void* closure) { self(closure).inlet_.on_nats_closed(); }

  void close() {
    subscriptions_.clear();
    deliveries_.reset();
    natsConnection_Destroy(connection_);
    connection_ = nullptr;
  }

  const NatsLinkSettings settings_;
  NatsInlet& inlet_;
  natsConnection* connection_ = nullptr;  // owned; closed behind its subscriptions
  std::vector<Subscription> subscriptions_;
  Subscription deliveries_;
};

}  // namespace

std::unique_ptr<NatsLink> make_nats_link(NatsLinkSettings settings, NatsInlet& inlet) {
  return std::make_unique<CnatsLink>(std::move(settings), inlet);
}

std::string inbox_prefix(std::string_view url) {
  const auto scheme = url.find("://");
  if (scheme != std::string_view::npos) url.remove_prefix(scheme + 3);
  const auto at = url.find('@');
  if (at == std::string_view::npos) return "_INBOX";
  return "_INBOX_" + std::string(url.substr(0, std::min(at, url.find(':'))));
}

}  // namespace freshet::broker
