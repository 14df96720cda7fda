// gunzip: what a reader has of a gzip stream so far, which need not have ended. What is no gzip gives what came before the fault.
#pragma once

#include <zlib.h>

#include <array>
#include <string>
#include <string_view>

namespace freshet::testing {

inline std::string gunzip(std::string_view bytes) {
  z_stream stream{};
  std::string out;
  if (inflateInit2(&stream, 15 + 16) != Z_OK) return out;  // 16: with gzip's head
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));  // zlib only reads
  stream.avail_in = static_cast<uInt>(bytes.size());
  std::array<char, 4096> part{};
  int result = Z_OK;
  do {
    stream.next_out = reinterpret_cast<Bytef*>(part.data());
    stream.avail_out = static_cast<uInt>(part.size());
    result = inflate(&stream, Z_SYNC_FLUSH);
    out.append(part.data(), part.size() - stream.avail_out);
  } while (result == Z_OK && (stream.avail_in > 0 || stream.avail_out == 0));
  inflateEnd(&stream);
  return out;
}

}  // namespace freshet::testing
