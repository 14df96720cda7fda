// What a message of the log says on its channels; used for live delivery and for replay alike.
//
// Shape     render_log_event() gives the JSON document of each channel, which is the same on every transport;
//           encode_log_event() makes it the bytes of a transport's frame, once for all who follow.
// Errors    kInvalidArgument for an event that cannot be read: somebody else than our functions wrote it. A message that goes to no
//           channel is no error: it says nothing.
// Source    CONTRACT 3, 4 and 8; shared/routing.hpp decides who receives, shared/domain renders
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "broker/fanout/frame.hpp"
#include "shared/headers.hpp"
#include "shared/position.hpp"
#include "shared/result.hpp"

namespace freshet::broker {

struct ChannelText {
  std::string_view channel;  // static text (shared/routing.hpp)
  std::string data;          // one JSON object, without a line end
};

[[nodiscard]] Result<std::vector<ChannelText>> render_log_event(const Position& position, std::string_view subject,
                                                                const HeaderList& headers, std::string_view payload);
[[nodiscard]] Result<LogEvent> encode_log_event(const Position& position, std::string_view subject, const HeaderList& headers,
                                                std::string_view payload);

}  // namespace freshet::broker
