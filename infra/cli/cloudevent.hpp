// A log message as one line of NDJSON, a CloudEvent in JSON form, and back.
//
// Shape     {"specversion","id","type","source","time","subject":<NATS subject>,"datacontenttype","sequence","headers":{…the other
//           headers, without the server's and the batch's},"data":<payload, JSON>}; `data` is left out for an empty payload (a tombstone).
//           A payload that is no JSON travels as `data_base64`. A message without an event's headers (log.epoch) has only `subject`,
//           `sequence`, `headers` and `data`.
// Source    CloudEvents 1.0 JSON event format; attribute `subject` for where it lies, as the NATS binding leaves that to the bearer
#pragma once

#include <string>
#include <string_view>

#include "shared/nats/jetstream.hpp"
#include "shared/nats/log_tail.hpp"
#include "shared/result.hpp"

namespace freshet::cli {

[[nodiscard]] std::string encode_cloudevent(const nats::TailMessage& message);
// What to append so that the message is there again.
[[nodiscard]] Result<nats::Append> decode_cloudevent(const Json& line);

}  // namespace freshet::cli
