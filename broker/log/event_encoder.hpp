// encode_log_event: a message of the log as the frames of its channels; used for live delivery and for replay alike.
//
// Errors    kInvalidArgument for an event that cannot be read: somebody else than our functions wrote it. A message that goes to no
//           channel is no error: it has no frames.
// Source    CONTRACT 3 and 8; shared/routing.hpp decides who receives, shared/domain renders
#pragma once

#include <string_view>

#include "broker/fanout/frame.hpp"
#include "shared/headers.hpp"
#include "shared/position.hpp"
#include "shared/result.hpp"

namespace freshet::broker {

[[nodiscard]] Result<LogEvent> encode_log_event(const Position& position, std::string_view subject, const HeaderList& headers,
                                                std::string_view payload);

}  // namespace freshet::broker
