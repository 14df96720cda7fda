#include "shared/nats/client.hpp"

#include "shared/check.hpp"

namespace freshet::nats {
namespace {

constexpr std::size_t kReadBytes = 64 * 1024;
constexpr std::size_t kQueuedBytesMax = 1024 * 1024;
constexpr int kReadsMax = 64;             // of one poll() or fresh(), so that a busy server cannot hold the caller
constexpr int kPongsWaiting = 1;          // may wait for a write to go with; the server tolerates two missing ones
constexpr std::size_t kInboxTokenLength = 22;  // of [a-z0-9]: 113 bits

const HeaderList kNoHeaders;

Error unavailable(std::string detail, Effect effect) {
  Error error{Errc::kUnavailable, std::move(detail)};
  error.effect = effect;
  return error;
}

Error no_answer(std::string_view subject, std::chrono::milliseconds timeout) {
  return unavailable("no answer on " + std::string(subject) + " within " + std::to_string(timeout.count()) + " ms", Effect::kUnknown);
}

MessageView view_of(const Operation& message) { return {message.subject, message.reply, message.headers, message.payload}; }

bool is_no_responders(const MessageView& message) { return message.payload.empty() && message.headers.status() == 503; }

}  // namespace

Client::Client(Transport& transport, const Clock& clock, Random& random, ClientOptions options)
    : transport_(transport), clock_(clock), random_(random), options_(std::move(options)) {}

Client::~Client() { close(); }

void Client::close() {
  FRESHET_CHECK(!handling_);
  if (connection_ != nullptr) transport_.close();
  connection_.reset();
  inboxes_.clear();
}

// ---- the connection

Result<void> Client::connect() {
  FRESHET_TRY_VOID(ensure_connection());
  if (connection_->accepted()) return {};
  connection_->output() += kPing;
  FRESHET_TRY_VOID(write_queued());
  const auto deadline = deadline_in(options_.connect_timeout);
  while (!connection_->accepted()) {
    FRESHET_TRY(handled, read_waiting(deadline));
    static_cast<void>(handled);
    if (!connection_->accepted() && clock_.steady() >= deadline) {
      return lose_connection(unavailable("nats-server does not answer at " + options_.server.host, Effect::kNone));
    }
  }
  return {};
}

// What was open may have died long ago, which only a read shows: then a new connection, before anything is sent.
Result<void> Client::ensure_connection() {
  FRESHET_CHECK(!handling_);
  if (connection_ != nullptr) {
    for (int reads = 0; reads < kReadsMax; ++reads) {
      const auto more = read_ready();
      if (!more.ok()) break;
      if (!*more) return {};
    }
    if (connection_ != nullptr) return {};
  }
  return open_connection();
}

Result<void> Client::open_connection() {
  FRESHET_TRY_VOID(transport_.connect(options_.server.host, options_.server.port, deadline_in(options_.connect_timeout)));
  const std::string inbox = options_.inbox_prefix + '.' + random_token(random_, kInboxTokenLength);
  connection_ = std::make_unique<Connection>(options_.server.credentials, options_.name, inbox);
  ++generation_;
  ping_unanswered_ = false;
  broken_ = false;
  inboxes_.clear();
  for (const auto& [id, subscription] : subscriptions_) {
    FRESHET_TRY_VOID(append_subscribe(connection_->output(), subscription.subject, subscription.queue, id));
  }
  return {};
}

// Gives back `error`, with what became of the requests that were on their way.
Error Client::lose_connection(Error error) {
  if (connection_ == nullptr) return error;
  error.effect = connection_->refused() ? Effect::kNone : Effect::kUnknown;
  transport_.close();
  if (handling_) {
    broken_ = true;
  } else {
    connection_.reset();
    inboxes_.clear();
  }
  return error;
}

Result<void> Client::write_queued() {
  if (connection_ == nullptr || connection_->output().empty()) return {};
  if (options_.acknowledge == ClientOptions::Acknowledge::kPromptly && !ping_unanswered_) {
    connection_->output() += kPing;
    ping_unanswered_ = true;
  }
  if (auto written = transport_.write_all(connection_->output(), deadline_in(options_.write_timeout)); !written.ok()) {
    return lose_connection(std::move(written).error());
  }
  connection_->sent();
  return {};
}

std::string_view Client::server_info() const { return connection_ == nullptr ? std::string_view{} : connection_->info(); }

// ---- reading

// Handles what waits in the input; if nothing does, waits for bytes and handles those.
Result<std::size_t> Client::read_waiting(SteadyTime deadline) {
  FRESHET_TRY(handled, handle_input());
  if (handled > 0) return handled;
  FRESHET_TRY_VOID(write_queued());
  const auto room = connection_->space(kReadBytes);
  auto read = transport_.read_some(room, deadline);
  if (!read.ok()) return lose_connection(std::move(read).error());
  connection_->commit(*read);
  return handle_input();
}

// Handles what has arrived, by one read that does not wait. True when there may be more.
Result<bool> Client::read_ready() {
  const auto room = connection_->space(kReadBytes);
  auto read = transport_.try_read(room);
  if (!read.ok()) return lose_connection(std::move(read).error());
  if (*read == 0) return false;  // what came before has been handled
  connection_->commit(*read);
  FRESHET_TRY(handled, handle_input());
  static_cast<void>(handled);
  return true;
}

Result<std::size_t> Client::handle_input() {
  std::size_t handled = 0;
  while (true) {
    auto event = connection_->next();
    if (!event.ok()) return lose_connection(std::move(event).error());
    if (!*event) return handled;
    if ((*event)->kind == ConnectionEvent::Kind::kViolation) {
      FRESHET_TRY_VOID(handle_violation((*event)->text));
    } else if ((*event)->kind == ConnectionEvent::Kind::kPong) {
      ping_unanswered_ = false;
    } else {
      handle_message(**event);
      ++handled;
    }
    if (broken_) return lose_connection(unavailable("the connection to nats-server broke", Effect::kUnknown));
  }
}

void Client::handle_message(const ConnectionEvent& event) {
  SharedHandler handler;
  if (event.kind == ConnectionEvent::Kind::kMessage) {
    if (const auto found = subscriptions_.find(event.id); found != subscriptions_.end()) {
      handler = found->second.handler;
    } else if (const auto inbox = inboxes_.find(event.id); inbox != inboxes_.end()) {
      handler = inbox->second.handler;
    }
  } else if (const auto waiting = waiting_.find(event.id); waiting != waiting_.end()) {
    handling_ = true;
    const bool more = waiting->second.take(view_of(event.message));
    handling_ = false;
    if (!more) waiting_.erase(waiting);
  }
  if (handler == nullptr) return;
  handling_ = true;
  (*handler)(view_of(event.message));
  handling_ = false;
}

// Permissions Violation for Publish to "subject" fails the request of that subject; one for a subscription (the inbox among them) leaves
// the client deaf, so it fails whatever runs.
Result<void> Client::handle_violation(std::string_view text) {
  const Error error{Errc::kInternal, "nats-server does not allow it: " + std::string(text)};
  if (text.find("Subscription") != std::string_view::npos) return lose_connection(error);
  for (auto waiting = waiting_.begin(); waiting != waiting_.end();) {
    const std::string quoted = '"' + std::string(waiting->second.subject) + '"';
    if (text.find(quoted) == std::string_view::npos) {
      ++waiting;
      continue;
    }
    waiting->second.fail(error);
    waiting = waiting_.erase(waiting);
  }
  return {};
}

Result<std::size_t> Client::poll(std::chrono::milliseconds wait) {
  FRESHET_CHECK(!handling_);
  const auto deadline = deadline_in(wait);
  if (connection_ == nullptr) {
    if (auto opened = open_connection(); !opened.ok()) {
      transport_.sleep_until(deadline);
      return std::move(opened).error();
    }
  }
  FRESHET_TRY_VOID(write_queued());
  FRESHET_TRY(handled, read_waiting(deadline));
  FRESHET_TRY_VOID(write_queued());
  return handled;
}

bool Client::fresh() {
  FRESHET_CHECK(!handling_);
  if (connection_ == nullptr) return false;
  bool more = true;
  for (int reads = 0; more && reads < kReadsMax; ++reads) {
    const auto result = read_ready();
    if (!result.ok()) return false;
    more = *result;
  }
  if (connection_->pongs_queued() > kPongsWaiting && !write_queued().ok()) return false;
  return !more && connection_->input_empty();
}

// ---- asking

Result<void> Client::ask(const Request& request, Waiting waiting) {
  const HeaderList& headers = request.headers == nullptr ? kNoHeaders : *request.headers;
  if (request.payload.size() > options_.message_bytes_max) {
    return Error{Errc::kPayloadTooLarge, "a message takes at most " + std::to_string(options_.message_bytes_max) + " bytes"};
  }
  const std::uint64_t id = next_request_++;
  FRESHET_TRY_VOID(append_publish(connection_->output(), request.subject, connection_->reply_subject(id), headers, request.payload));
  waiting_.emplace(id, std::move(waiting));
  return {};
}

Result<void> Client::await_answers(SteadyTime deadline) {
  FRESHET_TRY_VOID(write_queued());
  while (!waiting_.empty()) {
    FRESHET_TRY(handled, read_waiting(deadline));
    if (handled == 0 && clock_.steady() >= deadline) return {};
  }
  return {};
}

std::vector<Result<Message>> Client::request_once(std::span<const Request> requests, std::chrono::milliseconds timeout, bool& lost) {
  lost = false;
  std::vector<Result<Message>> results;
  results.reserve(requests.size());
  if (auto ready = ensure_connection(); !ready.ok()) {
    results.assign(requests.size(), ready.error());
    return results;
  }
  std::vector<bool> answered(requests.size(), false);
  for (std::size_t i = 0; i < requests.size(); ++i) {
    results.emplace_back(no_answer(requests[i].subject, timeout));
    Waiting waiting;
    waiting.subject = requests[i].subject;
    waiting.take = [&results, &answered, &requests, i](const MessageView& message) {
      answered[i] = true;
      if (is_no_responders(message)) {
        results[i] = unavailable("nobody answers on " + std::string(requests[i].subject), Effect::kNone);
      } else {
        results[i] = Message{std::string(message.subject), std::string(message.reply), std::string(message.headers.block()),
                             std::string(message.payload)};
      }
      return false;
    };
    waiting.fail = [&results, &answered, i](Error error) {
      answered[i] = true;
      results[i] = std::move(error);
    };
    if (auto asked = ask(requests[i], std::move(waiting)); !asked.ok()) {
      answered[i] = true;
      results[i] = std::move(asked).error();
    }
  }
  const auto awaited = await_answers(deadline_in(timeout));
  waiting_.clear();
  if (awaited.ok()) return results;
  lost = true;
  for (std::size_t i = 0; i < requests.size(); ++i) {
    if (!answered[i]) results[i] = awaited.error();
  }
  return results;
}

std::vector<Result<Message>> Client::request_all(std::span<const Request> requests, std::chrono::milliseconds timeout, Repeat repeat) {
  bool lost = false;
  auto results = request_once(requests, timeout, lost);
  if (lost && repeat == Repeat::kSafe) results = request_once(requests, timeout, lost);
  return results;
}

Result<Message> Client::request(std::string_view subject, const HeaderList& headers, std::string_view payload,
                                std::chrono::milliseconds timeout, Repeat repeat) {
  const Request one{subject, &headers, payload};
  return std::move(request_all({&one, 1}, timeout, repeat).front());
}

Result<void> Client::request_stream(std::string_view subject, const HeaderList& headers, std::string_view payload,
                                    std::chrono::milliseconds timeout, const std::function<bool(const MessageView&)>& more) {
  FRESHET_TRY_VOID(ensure_connection());
  Result<void> result = no_answer(subject, timeout);
  Waiting waiting;
  waiting.subject = subject;
  waiting.take = [&](const MessageView& message) {
    if (is_no_responders(message)) {
      result = unavailable("nobody answers on " + std::string(subject), Effect::kNone);
      return false;
    }
    if (more(message)) return true;
    result = Result<void>{};
    return false;
  };
  waiting.fail = [&](Error error) { result = std::move(error); };
  FRESHET_TRY_VOID(ask(Request{subject, &headers, payload}, std::move(waiting)));
  const auto awaited = await_answers(deadline_in(timeout));
  waiting_.clear();
  if (!awaited.ok()) return awaited.error();
  return result;
}

// ---- publishing, subscribing

Result<void> Client::publish(std::string_view subject, std::string_view reply, const HeaderList& headers, std::string_view payload) {
  if (!handling_ && connection_ == nullptr) FRESHET_TRY_VOID(open_connection());
  if (broken_ || connection_ == nullptr) return unavailable("the connection to nats-server broke", Effect::kNone);
  if (payload.size() > options_.message_bytes_max) {
    return Error{Errc::kPayloadTooLarge, "a message takes at most " + std::to_string(options_.message_bytes_max) + " bytes"};
  }
  FRESHET_TRY_VOID(append_publish(connection_->output(), subject, reply, headers, payload));
  return connection_->output().size() > kQueuedBytesMax ? write_queued() : Result<void>{};
}

Result<void> Client::flush() {
  FRESHET_CHECK(!handling_);
  return write_queued();
}

Result<SubscriptionId> Client::subscribe(std::string_view subject, std::string_view queue, Handler handler) {
  const SubscriptionId id = next_subscription_++;
  std::string command;
  FRESHET_TRY_VOID(append_subscribe(command, subject, queue, id));
  subscriptions_[id] = {std::string(subject), std::string(queue), std::make_shared<const Handler>(std::move(handler))};
  if (connection_ != nullptr) connection_->output() += command;
  return id;
}

void Client::unsubscribe(SubscriptionId subscription) {
  if (subscriptions_.erase(subscription) > 0 && connection_ != nullptr) append_unsubscribe(connection_->output(), subscription);
}

// A subscription of its own, not one more subject under the connection's inbox: JetStream delivers under the message's own subject, so only
// the subscription tells whose it is, and nats-server 2.15 sees no interest for a push consumer in a wildcard.
Result<std::string> Client::open_inbox(Handler handler) {
  if (connection_ == nullptr) FRESHET_TRY_VOID(open_connection());
  const SubscriptionId id = next_subscription_++;
  std::string subject = options_.inbox_prefix + '.' + random_token(random_, kInboxTokenLength);
  FRESHET_TRY_VOID(append_subscribe(connection_->output(), subject, {}, id));
  inboxes_[id] = {subject, {}, std::make_shared<const Handler>(std::move(handler))};
  return subject;
}

void Client::close_inbox(std::string_view inbox) {
  if (connection_ == nullptr) return;
  for (auto open = inboxes_.begin(); open != inboxes_.end(); ++open) {
    if (open->second.subject != inbox) continue;
    append_unsubscribe(connection_->output(), open->first);
    inboxes_.erase(open);
    return;
  }
}

}  // namespace freshet::nats
