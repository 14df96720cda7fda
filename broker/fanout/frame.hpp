// Frame: one encoded event, made once and shared by everybody who is owed it; LogEvent: an event of the log as its channels' frames.
//
// Shape     each channel has a frame for each format in which it is streamed; a stream takes one format
// Lifetime  both are immutable once made and may be held by any thread
#pragma once

#include <sys/uio.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "shared/position.hpp"

namespace freshet::broker {

using Frame = std::shared_ptr<const std::string>;

[[nodiscard]] inline Frame make_frame(std::string bytes) { return std::make_shared<const std::string>(std::move(bytes)); }
[[nodiscard]] inline iovec piece_of(const Frame& frame, std::size_t from = 0) {
  return iovec{const_cast<char*>(frame->data()) + from, frame->size() - from};  // writev() only reads
}

enum class Format : std::uint8_t { kSse, kWebSocket, kWebSocketDeflated, kSseGzip };
inline constexpr std::size_t kFormats = 4;
[[nodiscard]] constexpr std::size_t index_of(Format format) { return static_cast<std::size_t>(format); }

struct ChannelFrames {
  std::string_view channel;            // static text (shared/routing.hpp)
  std::array<Frame, kFormats> frames;  // null where no stream of the channel takes that format
};

struct LogEvent {
  StreamSequence sequence;
  std::vector<ChannelFrames> channels;
  std::size_t bytes = 0;  // of all frames
};
using LogEventPtr = std::shared_ptr<const LogEvent>;

}  // namespace freshet::broker
