// Connection: what a client of NATS says and hears on one connection, without I/O: bytes in, events out, bytes to send.
//
// Shape     output() collects CONNECT, the inbox's SUB, publishes and PONGs; the owner writes it when it sees fit and calls
//           sent(). The handshake does not wait for INFO: the server reads CONNECT whenever it comes.
// Errors    next() fails with kUnavailable when the server broke the protocol or refused the connection; it is then dead.
// Lifetime  an event's views live until the next call
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "shared/nats/protocol.hpp"
#include "shared/result.hpp"

namespace freshet::nats {

struct ConnectionEvent {
  enum class Kind : std::uint8_t { kMessage, kReply, kPong, kViolation };
  Kind kind = Kind::kMessage;
  std::uint64_t id = 0;      // kMessage: the subscription; kReply: the request
  Operation message;         // kMessage, kReply
  std::string_view text;     // kViolation: what the server did not allow; the connection lives
};

class Connection {
 public:
  static constexpr std::uint64_t kInboxSubscription = 1;

  // `inbox` is unguessable and this connection's alone: `_INBOX_functions.<22 random characters>`.
  Connection(const Credentials& credentials, std::string_view client_name, std::string inbox);

  [[nodiscard]] std::span<char> space(std::size_t bytes_min) { return parser_.space(bytes_min); }
  void commit(std::size_t bytes) { parser_.commit(bytes); }
  [[nodiscard]] Result<std::optional<ConnectionEvent>> next();
  // True when no unfinished operation waits in the input.
  [[nodiscard]] bool input_empty() const { return parser_.empty(); }

  // Where the answers to request `request` go.
  [[nodiscard]] std::string reply_subject(std::uint64_t request) const;
  // The request a subject of the inbox names; nothing for any other subject.
  [[nodiscard]] std::optional<std::uint64_t> request_of(std::string_view subject) const;

  [[nodiscard]] std::string& output() { return output_; }
  void sent();
  // PONGs in output() that nothing else has carried away yet.
  [[nodiscard]] int pongs_queued() const { return pongs_queued_; }

  [[nodiscard]] std::string_view info() const { return info_; }
  [[nodiscard]] bool accepted() const { return accepted_; }  // a PONG or a message came: user and password are good
  [[nodiscard]] bool refused() const { return refused_; }    // an error came before that: nothing that was sent was acted on

 private:
  Parser parser_;
  std::string inbox_;
  std::string output_;
  std::string info_;
  int pongs_queued_ = 0;
  bool accepted_ = false;
  bool refused_ = false;
};

}  // namespace freshet::nats
