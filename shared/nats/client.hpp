// Client: a NATS connection for one thread, which asks, publishes and listens.
//
// Shape     a call writes everything that belongs together at once, the handshake of a new connection included (guest sockets have
//           Nagle's algorithm on: a second small write would wait for the first one's acknowledgement). Replies come back to an
//           inbox that only this connection knows, `<inbox_prefix>.<22 random characters>.<request>`; a reply to anything that is not
//           waited for is dropped.
// Order     messages of one subscription in the server's order. Handlers run inside request(), poll() and fresh(), whenever a
//           message is read; they may publish(), and must not call anything that waits.
// Bounds    input is read in pieces of 64 KiB; each waiting call has a timeout. A message is at most `message_bytes_max`.
// Errors    kUnavailable: server not reachable, credentials refused, nobody listens on the subject (at once, by NATS's 503), timeout
//           or connection lost while waiting. The last two leave open whether the request was acted on: Error::effect is then
//           kUnknown, for every request whose bytes may have left. A Repeat::kSafe request is asked once more instead.
//           kInternal: the server's permissions do not allow the subject, or the caller's subject or headers are none.
// Threads   none; one thread uses it.
//
// A connection found dead is normal (an idle instance cannot answer the server's PING): it is looked at before it is used, and opened
// again without a word. Subscriptions are made again, but what was published meanwhile is lost to them: whoever keeps what a subscription
// told compares generation().
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "shared/clock.hpp"
#include "shared/nats/connection.hpp"
#include "shared/nats/protocol.hpp"
#include "shared/nats/server_url.hpp"
#include "shared/nats/transport.hpp"
#include "shared/random.hpp"
#include "shared/result.hpp"

namespace freshet::nats {

// A message as it lies in the input buffer: the views live until the handler returns.
struct MessageView {
  std::string_view subject;
  std::string_view reply;
  HeaderView headers;
  std::string_view payload;
};

struct Message {
  std::string subject;
  std::string reply;
  std::string header_block;
  std::string payload;

  [[nodiscard]] HeaderView headers() const { return HeaderView(header_block); }
};

struct ClientOptions {
  ServerUrl server;
  std::string name = "freshet";           // shown by the server's monitoring
  std::string inbox_prefix = "_INBOX";    // the role's: `_INBOX_functions`
  std::chrono::milliseconds connect_timeout{2000};
  std::chrono::milliseconds write_timeout{5000};
  std::size_t message_bytes_max = 4 * 1024 * 1024;  // the server's max_payload
  // A PING goes with each write while none is unanswered, so that its PONG carries the acknowledgement of what was written: for who
  // writes small pieces unasked over a socket with Nagle's algorithm, which would hold the second piece back for up to 40 ms.
  enum class Acknowledge : std::uint8_t { kEventually, kPromptly } acknowledge = Acknowledge::kEventually;
};

// Whether a request may be asked again when the connection broke before the answer came.
enum class Repeat : std::uint8_t { kNever, kSafe };

// One of several requests that travel together. Borrowed for the call.
struct Request {
  std::string_view subject;
  const HeaderList* headers = nullptr;
  std::string_view payload;
};

using Handler = std::function<void(const MessageView&)>;
using SubscriptionId = std::uint64_t;

class Client {
 public:
  // Borrows transport, clock and random. Opens nothing.
  Client(Transport& transport, const Clock& clock, Random& random, ClientOptions options);
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  // Opens the connection if it is not open and waits until the server has accepted user and password. No call needs it: each opens what
  // it needs; a long-running program calls it to tell early and plainly what is wrong.
  [[nodiscard]] Result<void> connect();
  void close();

  // Asks and waits for one answer. A status other than 503 in it is the caller's to read (JetStream's 404).
  [[nodiscard]] Result<Message> request(std::string_view subject, const HeaderList& headers, std::string_view payload,
                                        std::chrono::milliseconds timeout, Repeat repeat);
  // Asks all in one write and waits for all answers: one round trip. results[i] is for requests[i]; one may fail without the others.
  [[nodiscard]] std::vector<Result<Message>> request_all(std::span<const Request> requests, std::chrono::milliseconds timeout,
                                                         Repeat repeat);
  // Asks once and takes answers until `more` says false. It sees each answer and copies what it keeps. The timeout is for the whole.
  [[nodiscard]] Result<void> request_stream(std::string_view subject, const HeaderList& headers, std::string_view payload,
                                            std::chrono::milliseconds timeout, const std::function<bool(const MessageView&)>& more);

  // Queues a message; it leaves with the next request(), poll() or flush(). Queued bytes are lost with the connection. More than
  // 1 MiB queued is written at once.
  [[nodiscard]] Result<void> publish(std::string_view subject, std::string_view reply, const HeaderList& headers, std::string_view payload);
  [[nodiscard]] Result<void> flush();

  // Hears `subject` (`*` and `>` allowed) from now on, over every new connection; with a queue, one member of it gets each message. The
  // SUB is queued like a publish.
  [[nodiscard]] Result<SubscriptionId> subscribe(std::string_view subject, std::string_view queue, Handler handler);
  void unsubscribe(SubscriptionId subscription);
  // A subject of this connection alone: whoever is told it can send here. Void with the connection: compare generation().
  [[nodiscard]] Result<std::string> open_inbox(Handler handler);
  void close_inbox(std::string_view inbox);

  // Handles what has arrived, waiting for at most `wait` until something has; gives how many messages were handled. All that is there is
  // handled before queued answers are written. When no connection can be opened it fails, after `wait`: a loop of poll() needs no pause of
  // its own.
  [[nodiscard]] Result<std::size_t> poll(std::chrono::milliseconds wait);

  void pause(std::chrono::milliseconds time) { transport_.sleep_until(deadline_in(time)); }

  // True when the connection is open and everything the server has sent on it has been handled: what a subscription keeps current is
  // current. Costs one non-blocking read. False: ask, do not remember. Never waits and never opens a connection.
  [[nodiscard]] bool fresh();

  // Counts connections. 0: none was opened yet.
  [[nodiscard]] std::uint64_t generation() const { return generation_; }
  [[nodiscard]] bool connected() const { return connection_ != nullptr; }
  // The server's INFO on this connection as JSON text (version, max_payload, …), or nothing before connect().
  [[nodiscard]] std::string_view server_info() const;
  [[nodiscard]] const ClientOptions& options() const { return options_; }
  [[nodiscard]] const Clock& clock() const { return clock_; }

 private:
  using SharedHandler = std::shared_ptr<const Handler>;  // a handler may end its own subscription
  struct Subscription {
    std::string subject;
    std::string queue;
    SharedHandler handler;
  };
  // A request of the running call whose answers are still waited for.
  struct Waiting {
    std::string_view subject;
    std::function<bool(const MessageView&)> take;  // false: it has what it wants
    std::function<void(Error)> fail;
  };

  [[nodiscard]] SteadyTime deadline_in(std::chrono::milliseconds time) const { return clock_.steady() + time; }
  [[nodiscard]] Result<void> ensure_connection();
  [[nodiscard]] Result<void> open_connection();
  [[nodiscard]] Error lose_connection(Error error);
  [[nodiscard]] Result<void> write_queued();
  [[nodiscard]] Result<std::size_t> read_waiting(SteadyTime deadline);
  [[nodiscard]] Result<bool> read_ready();
  [[nodiscard]] Result<std::size_t> handle_input();
  void handle_message(const ConnectionEvent& event);
  [[nodiscard]] Result<void> handle_violation(std::string_view text);
  [[nodiscard]] Result<void> ask(const Request& request, Waiting waiting);
  [[nodiscard]] Result<void> await_answers(SteadyTime deadline);
  // `lost` tells whether the connection broke under it.
  [[nodiscard]] std::vector<Result<Message>> request_once(std::span<const Request> requests, std::chrono::milliseconds timeout, bool& lost);

  Transport& transport_;
  const Clock& clock_;
  Random& random_;
  ClientOptions options_;
  std::unique_ptr<Connection> connection_;
  std::map<SubscriptionId, Subscription> subscriptions_;
  std::map<SubscriptionId, Subscription> inboxes_;  // of this connection
  std::map<std::uint64_t, Waiting> waiting_;
  SubscriptionId next_subscription_ = Connection::kInboxSubscription + 1;
  std::uint64_t next_request_ = 1;
  std::uint64_t generation_ = 0;
  bool handling_ = false;  // inside a handler
  bool ping_unanswered_ = false;
  bool broken_ = false;    // a write inside a handler failed; the connection goes when the handler has returned
};

}  // namespace freshet::nats
