// Deflater, Inflater: one message compressed, or inflated, on its own (RFC 7692 without context takeover).
//
// Shape     a message's compressed form stands alone, so it is made once and sent to every socket that agreed to compression, and
//           one Inflater serves all sockets of a loop
// Bounds    inflate() stops one byte past `bytes_max`, whatever the message claims; some 300 KiB for a Deflater, 40 KiB for an
// Inflater Threads   each belongs to one thread Source    RFC 7692 7.2.1, 7.2.2
#pragma once

#include <zlib.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace freshet::broker::websocket {

class Deflater {
 public:
  Deflater();
  ~Deflater();
  Deflater(const Deflater&) = delete;
  Deflater& operator=(const Deflater&) = delete;
  // Ends without the four bytes 00 00 FF FF, as the frame wants it.
  [[nodiscard]] std::string deflate(std::string_view message);

 private:
  z_stream stream_{};
};

class Inflater {
 public:
  enum class Outcome : std::uint8_t { kDone, kTooBig, kBroken };

  Inflater();
  ~Inflater();
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;
  [[nodiscard]] Outcome inflate(std::string_view message, std::string& out, std::size_t bytes_max);

 private:
  z_stream stream_{};
};

}  // namespace freshet::broker::websocket
