// Server: the connections of one loop: accepted, read until a request is whole, answered, or handed to Streams.
//
// Shape     accepted -> request (again, while it is kept alive) -> stream, on SSE or a WebSocket, until its end -> closing
//           server.cpp has connections and requests, server_streams.cpp what becomes of those that are streams.
// Bounds    kHeadPatience for a whole head, however slowly it comes; small answers fit a socket's buffer, and a client that lets them
//           pile up is closed. Streams over `streams_max` are told to come back; connections over `connections_max` are closed.
// Errors    what cannot be read gets a problem and is closed behind it
// Threads   belongs to its loop; post() from any thread
#pragma once

#include <netinet/in.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "broker/http/request_parser.hpp"
#include "broker/http/response.hpp"
#include "broker/log/ports.hpp"
#include "broker/loop/descriptor.hpp"
#include "broker/loop/loop.hpp"
#include "broker/loop/mailbox.hpp"
#include "broker/loop/sender.hpp"
#include "broker/server/admission.hpp"
#include "broker/server/endpoints.hpp"
#include "broker/server/log_line.hpp"
#include "broker/server/standing.hpp"
#include "broker/server/status.hpp"
#include "broker/server/websocket_connection.hpp"
#include "broker/streams/streams.hpp"

namespace freshet::broker {

// What all loops use together; outlives them.
struct ServerShared {
  const Settings& settings;
  const Log& log;
  Admission& admission;
  Status& status;
  std::size_t connections_max;  // of one loop; those beyond are closed at once
  std::size_t streams_max;      // of one loop, below connections_max: so there is room to say `come back`
};

struct Drain {};
using ServerMail = std::variant<LogOutput, Revocation, Drain>;

class Server final : public LoopClient, private StreamWire {
 public:
  static constexpr std::chrono::seconds kHeadPatience{10};
  static constexpr std::chrono::seconds kClosePatience{2};
  static constexpr std::chrono::seconds kExpiryNotice{60};  // before the end of a stream whose token expires
  static constexpr std::size_t kMailboxBytes = 128u << 20;
  static constexpr std::chrono::seconds kLagMax{1};  // a loop that is later than this takes nobody new

  Server(const ServerShared& shared, Loop& loop, Sender& sender, Descriptor listener, std::uint32_t number, LogReader& reader, LoopCounters& counters);
  ~Server() override;

  [[nodiscard]] Posted post(ServerMail mail, std::size_t bytes) { return mailbox_.post(std::move(mail), bytes); }

  void on_ready(const Ready& ready) override;
  void on_wake() override;
  void on_turn_end() override;

 private:
  enum class Phase : std::uint8_t { kFree, kRequest, kClosing, kStream };
  struct Reading {
    RequestParser parser;
    in_addr peer{};
    Timers::Id deadline;
  };
  struct Session {
    Holder holder;
    Timers::Id expiry;
  };
  // Small: there is one for each idle stream.
  struct Connection {
    Descriptor fd;
    std::uint32_t generation = 0;
    Phase phase = Phase::kFree;
    std::unique_ptr<Reading> reading;  // while it is no stream
    std::unique_ptr<WebSocketConnection> socket;  // of a stream that is one
    Caps::Place of_ip;
    Caps::Place of_user;
    std::unique_ptr<Session> session;  // of a stream that was opened with a token
  };
  using Slot = std::uint32_t;

  // ---- connections
  void accept_all();
  void accept_one(Descriptor fd, in_addr peer);
  void close_slot(Slot slot);
  void set_deadline(Slot slot, std::chrono::milliseconds after);
  void linger(Slot slot);  // says no more, reads on until the peer has read it all
  [[nodiscard]] std::uint64_t token_of(Slot slot) const;

  // ---- requests
  void read_request(Slot slot);
  void discard(Slot slot);
  void answer_requests(Slot slot);
  void refuse(Slot slot, const Refusal& refusal);
  void handle(Slot slot, const Request& request);
  void reply(Slot slot, const Request& request, Response response);
  void say_and_close(Slot slot, const std::string& bytes);

  // ---- streams
  void open_stream(Slot slot, const Request& request, const Endpoint& endpoint);
  void open_socket(Slot slot, const Request& request, const Endpoint& endpoint);
  void begin_stream(Slot slot, const Endpoint& endpoint, Format format, Admitted admitted, std::string_view named, std::string head);
  [[nodiscard]] bool can_serve() const;
  [[nodiscard]] std::chrono::milliseconds put_off();
  void read_stream(Slot slot);
  void hear(Slot slot, std::string_view bytes);
  void react(Slot slot, WebSocketConnection::Reaction& reaction);

  // ---- the tokens of streams
  void renew_token(Slot slot, std::string_view token);
  void watch_token(Slot slot);
  void end_expired(Slot slot);
  void revoke(const Revocation& revocation);
  void end_unauthenticated(Slot slot, std::string_view type, std::string_view message);
  [[nodiscard]] std::string notice(Slot slot, std::string_view type, std::string_view title, std::string_view message);

  // ---- StreamWire
  std::optional<std::size_t> send(StreamId stream, std::span<const iovec> pieces) override;
  void send_all(std::span<const StreamId> streams, std::span<const iovec> pieces, std::span<std::optional<std::size_t>> taken) override;
  void watch_writable(StreamId stream, bool wanted) override;
  void close(StreamId stream, Ending ending) override;

  void tick();
  void drain();

  ServerShared shared_;
  Loop& loop_;
  Sender& sender_;
  Descriptor listener_;
  LoopCounters& counters_;
  Mailbox<ServerMail> mailbox_;
  std::vector<ServerMail> mail_;
  std::vector<Connection> connections_;
  std::vector<int> sending_fds_;  // of one send_all()
  std::vector<Slot> free_slots_;
  std::size_t open_now_ = 0;
  std::size_t closing_now_ = 0;
  std::size_t sockets_now_ = 0;
  websocket::Inflater inflater_;
  Streams streams_;
  bool draining_ = false;
};

}  // namespace freshet::broker
