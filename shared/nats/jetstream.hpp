// JetStream: appends with expectations, atomic batches, direct reads and stream administration, over a Client.
//
// Shape     a write is one append() or one append_batch(); a read is a direct get, answered by any server that keeps the stream
// Errors    kConflict       an expected sequence was not the subject's last one (nats-server 10071, 10164); nothing was stored
//           kUnavailable    nobody answers, timeout, stream offline or full, or too many batches open after a few tries. After a timeout
//                           or a lost connection a write may have been done: Error::effect is kUnknown.
//           kPayloadTooLarge  message or batch over the server's limits
//           kInternal       what only a wrong configuration or a bug can cause; the detail has the server's words
//           A message that is not there is no error.
// Source    ADR-8 (KV), ADR-31 (direct get), ADR-43 (TTL), ADR-49 (counters), ADR-50 (atomic batch); tried on nats-server 2.15.1
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "shared/clock.hpp"
#include "shared/headers.hpp"
#include "shared/json.hpp"
#include "shared/nats/client.hpp"
#include "shared/position.hpp"
#include "shared/random.hpp"
#include "shared/result.hpp"

namespace freshet::nats {

inline constexpr std::size_t kBatchMessagesMax = 1000;  // nats-server, error 10199

struct Append {
  std::string subject;
  HeaderList headers;
  std::string payload;
  std::optional<StreamSequence> expected;        // of the subject's last message; 0: the subject has none
  std::string message_id;                        // deduplicates within the stream's duplicate_window; not in a batch that may be repeated
  std::optional<std::chrono::seconds> ttl;       // the message disappears after it (at least 1 s)
  std::optional<std::int64_t> increment;         // counter streams only: added to the subject's value
};

struct PubAck {
  std::string stream;
  StreamSequence sequence;   // of a batch: its last message's
  bool duplicate = false;    // message_id was known: `sequence` is the original's, nothing was stored
  std::string value;         // counter streams: the new value, decimal
};

// A stored message, its own copy. An empty payload is a tombstone where the log says so (shared/subject.hpp).
struct StoredMessage {
  std::string subject;
  StreamSequence sequence;
  WallTime time{};      // when it was stored
  HeaderList headers;   // as published; the server's own `Nats-…` ones of the direct get left out
  std::string payload;
};

struct Page {
  std::vector<StoredMessage> messages;  // by sequence
  std::uint64_t pending = 0;            // messages of the filter behind the last one given
};

struct StreamInfo {
  Json config;
  std::uint64_t messages = 0;
  std::uint64_t bytes = 0;
  StreamSequence first;
  StreamSequence last;
};

struct JetStreamOptions {
  std::chrono::milliseconds write_timeout{5000};
  std::chrono::milliseconds read_timeout{2000};
};

class JetStream {
 public:
  JetStream(Client& client, Random& random, JetStreamOptions options = {}) : client_(client), random_(random), options_(options) {}

  [[nodiscard]] Result<PubAck> append(const Append& append);
  // Independent appends, all in one round trip; one may fail without the others. The server keeps their order.
  [[nodiscard]] std::vector<Result<PubAck>> append_all(std::span<const Append> appends);
  // All or none, in this order, with consecutive sequences. At most kBatchMessagesMax. A subject that occurs twice may carry an expectation
  // only the first time. One element is a plain append.
  [[nodiscard]] Result<PubAck> append_batch(std::span<const Append> appends);

  // The last message of `subject` (no wildcards).
  [[nodiscard]] Result<std::optional<StoredMessage>> last(std::string_view stream, std::string_view subject);
  // The last messages of several subjects in one round trip, as seen one after the other; results[i] is for subjects[i].
  [[nodiscard]] Result<std::vector<std::optional<StoredMessage>>> last_each(std::string_view stream, std::span<const std::string> subjects);
  // The last message of every subject that matches `filter`, in no order that counts; kPayloadTooLarge beyond 1,024 of them.
  [[nodiscard]] Result<std::vector<StoredMessage>> last_matching(std::string_view stream, std::string_view filter);
  [[nodiscard]] Result<std::optional<StoredMessage>> get(std::string_view stream, StreamSequence sequence);
  // Up to `count_max` messages of `filter` from sequence `from` on (ADR-31 batch); the server may give fewer than there are: look at pending.
  [[nodiscard]] Result<Page> range(std::string_view stream, std::string_view filter, StreamSequence from, std::size_t count_max);

  [[nodiscard]] Result<std::optional<StreamInfo>> stream_info(std::string_view stream);
  // Makes the stream, or gives an existing one this configuration. `config` is the ADR's JSON; its `name` names the stream.
  [[nodiscard]] Result<StreamInfo> ensure_stream(const Json& config);
  [[nodiscard]] Result<void> delete_stream(std::string_view stream);
  // Removes the messages below `sequence` that match `filter` (all subjects when empty).
  [[nodiscard]] Result<void> purge(std::string_view stream, std::string_view filter, StreamSequence below);
  // One call of the JetStream API: `$JS.API.<call>`; an error answer is an Error by the table above (404: kNotFound).
  [[nodiscard]] Result<Json> api(std::string_view call, std::string_view payload, Repeat repeat);

  [[nodiscard]] Client& client() { return client_; }

 private:
  [[nodiscard]] std::vector<Result<Message>> send_all(std::span<const Append> appends,
                                                      const std::function<void(HeaderList&, std::size_t)>& add);
  [[nodiscard]] Result<PubAck> append_batch_once(std::span<const Append> appends, bool& busy);
  [[nodiscard]] Result<Page> read_page(std::string_view stream, std::string_view payload);
  Client& client_;
  Random& random_;
  JetStreamOptions options_;
};

// Configuration of the stream behind KV bucket `bucket` (ADR-8), one revision a key, per-message TTL allowed. `ttl` 0: keys stay.
[[nodiscard]] Json kv_config(std::string_view bucket, std::chrono::seconds ttl);
[[nodiscard]] std::string kv_stream(std::string_view bucket);                         // `KV_<bucket>`
[[nodiscard]] std::string kv_subject(std::string_view bucket, std::string_view key);  // `$KV.<bucket>.<key>`

// Reads an append's answer, or why it was refused.
[[nodiscard]] Result<PubAck> parse_pub_ack(const MessageView& answer);
// Reads a direct get's answer: nothing for 404.
[[nodiscard]] Result<std::optional<StoredMessage>> parse_stored(const MessageView& answer);

}  // namespace freshet::nats
