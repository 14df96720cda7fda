// What a message of the log says on its channels; used for live delivery and for replay alike.
//
// Shape     render_log_event() gives the JSON document of each channel, which is the same on every transport; an EventEncoder makes it
//           the bytes of each format, once for all who follow
// Errors    kInvalidArgument for an event that cannot be read: somebody else than our functions wrote it. A message that goes to no
//           channel is no error: it says nothing.
// Threads   an EventEncoder belongs to one
// Source    CONTRACT 3, 4 and 8; shared/routing.hpp decides who receives, shared/domain renders
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "broker/fanout/frame.hpp"
#include "broker/websocket/deflate.hpp"
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

// Which transports have a compressed format beside the plain one.
struct Compressed {
  bool sse = false;
  bool websocket = false;
};

class EventEncoder {
 public:
  explicit EventEncoder(Compressed compressed);
  [[nodiscard]] Result<LogEvent> encode(const Position& position, std::string_view subject, const HeaderList& headers,
                                        std::string_view payload);

 private:
  [[nodiscard]] ChannelFrames encode_channel(const ChannelText& text, std::string_view position);

  const Compressed compressed_;
  std::optional<websocket::Deflater> deflater_;  // none: nothing is compressed
};

}  // namespace freshet::broker
