// The NATS client protocol without I/O: a parser of what a server sends, encoders for what a client sends, header blocks.
//
// Source    docs.nats.io "Client Protocol"; ADR-4 (headers); nats-server 2.15.1 where those are silent
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "shared/headers.hpp"
#include "shared/result.hpp"

namespace freshet::nats {

inline constexpr std::size_t kLineBytesMax = 64 * 1024;            // INFO of a large cluster is the longest line
inline constexpr std::size_t kMessageBytesMax = 8 * 1024 * 1024;   // header block and payload together
inline constexpr std::size_t kHeaderBytesMax = 64 * 1024;

// HeaderView: a header block as it came, `NATS/1.0[ status[ description]]\r\n(name:value\r\n)*\r\n`, or nothing.
//
// Shape     names compare without case; a name may occur more than once; blanks around a value are not part of it
// Lifetime  views into the block
class HeaderView {
 public:
  HeaderView() = default;
  explicit HeaderView(std::string_view block) : block_(block) {}
  [[nodiscard]] bool empty() const { return block_.empty(); }
  [[nodiscard]] std::string_view block() const { return block_; }
  [[nodiscard]] int status() const;                     // 0 where the line has none; 100, 204, 404, 408, 409, 503 …
  [[nodiscard]] std::string_view description() const;   // what follows the status
  [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const;  // the first value
  [[nodiscard]] HeaderList list() const;                // every name and value, in order

 private:
  template <typename Visit>
  void visit(Visit&& visit) const;  // visit(name, value) until it says false
  std::string_view block_;
};

// True when `block` has the shape above.
[[nodiscard]] bool is_header_block(std::string_view block);

enum class OperationKind : std::uint8_t { kInfo, kMessage, kPing, kPong, kOk, kError };

struct Operation {
  OperationKind kind = OperationKind::kOk;
  std::uint64_t subscription = 0;  // kMessage: the `sid`
  std::string_view subject;
  std::string_view reply;          // empty where the message wants no answer
  HeaderView headers;
  std::string_view payload;
  std::string_view text;           // kInfo: the JSON; kError: the reason, without its quotes
};

// Parser: bytes in, operations out, cut anywhere.
//
// Bounds    a line holds at most kLineBytesMax, a message kMessageBytesMax; the buffer never grows past one operation plus what
//           one space() asked for
// Errors    what no server sends is kUnavailable ("nats-server sent …"); the parser then says so for ever
// Lifetime  an operation's views live until the next space() or next()
class Parser {
 public:
  // Room for at least `bytes_min` more bytes at the buffer's end; the caller fills some of it and says how much by commit().
  [[nodiscard]] std::span<char> space(std::size_t bytes_min);
  void commit(std::size_t bytes);
  void feed(std::string_view bytes);  // space, copy, commit
  // The next whole operation; nothing when more bytes are needed.
  [[nodiscard]] Result<std::optional<Operation>> next();
  // True when no byte of an unfinished operation waits.
  [[nodiscard]] bool empty() const { return begin_ == end_; }

 private:
  [[nodiscard]] Result<std::optional<Operation>> parse_line(std::string_view line, std::size_t line_bytes);
  [[nodiscard]] Result<std::optional<Operation>> parse_message(std::string_view arguments, bool has_headers, std::size_t line_bytes);
  [[nodiscard]] Error fail(std::string_view what);

  std::vector<char> buffer_;
  std::size_t begin_ = 0;    // of the first operation not yet given
  std::size_t end_ = 0;
  std::size_t scanned_ = 0;  // bytes behind begin_ known to hold no line end
  bool failed_ = false;
};

// A subject that may be published to: tokens of 1 or more bytes without blank, control byte, `*` or `>`, parted by `.`.
[[nodiscard]] bool is_publish_subject(std::string_view subject);
// The same, with `*` and a closing `>` as tokens.
[[nodiscard]] bool is_subscribe_subject(std::string_view subject);

struct Credentials {
  std::string user;
  std::string password;
};

// Each appends to `out`. Subjects must be valid (see above), names and values of headers hold no CR, LF or NUL (and names no
// colon): that is checked, since a line end in a value would be a command of its own.
void append_connect(std::string& out, const Credentials& credentials, std::string_view client_name);
[[nodiscard]] Result<void> append_publish(std::string& out, std::string_view subject, std::string_view reply, const HeaderList& headers,
                                          std::string_view payload);
[[nodiscard]] Result<void> append_subscribe(std::string& out, std::string_view subject, std::string_view queue, std::uint64_t subscription);
void append_unsubscribe(std::string& out, std::uint64_t subscription);
inline constexpr std::string_view kPing = "PING\r\n";
inline constexpr std::string_view kPong = "PONG\r\n";
// The block for `headers`, or nothing when there are none.
[[nodiscard]] Result<std::string> format_headers(const HeaderList& headers);

}  // namespace freshet::nats
