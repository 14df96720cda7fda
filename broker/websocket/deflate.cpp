#include "broker/websocket/deflate.hpp"

#include <algorithm>
#include <array>

#include "shared/check.hpp"

namespace freshet::broker::websocket {
namespace {

constexpr int kRawWindow = -15;  // raw deflate, 32 KiB
constexpr int kMemory = 8;
constexpr std::string_view kTail{"\x00\x00\xFF\xFF", 4};

Bytef* bytes_of(std::string_view text) { return reinterpret_cast<Bytef*>(const_cast<char*>(text.data())); }  // zlib only reads

}  // namespace

Deflater::Deflater() { FRESHET_CHECK(deflateInit2(&stream_, Z_BEST_SPEED, Z_DEFLATED, kRawWindow, kMemory, Z_DEFAULT_STRATEGY) == Z_OK); }
Deflater::~Deflater() { deflateEnd(&stream_); }

std::string Deflater::deflate(std::string_view message) {
  FRESHET_CHECK(deflateReset(&stream_) == Z_OK);
  std::string out(deflateBound(&stream_, message.size()) + 16, '\0');
  stream_.next_in = bytes_of(message);
  stream_.avail_in = static_cast<uInt>(message.size());
  stream_.next_out = bytes_of(out);
  stream_.avail_out = static_cast<uInt>(out.size());
  FRESHET_CHECK(::deflate(&stream_, Z_SYNC_FLUSH) == Z_OK && stream_.avail_in == 0 && stream_.avail_out > 0);
  out.resize(out.size() - stream_.avail_out);
  FRESHET_CHECK(out.ends_with(kTail));
  out.resize(out.size() - kTail.size());
  return out;
}

Inflater::Inflater() { FRESHET_CHECK(inflateInit2(&stream_, kRawWindow) == Z_OK); }
Inflater::~Inflater() { inflateEnd(&stream_); }

// A block may say that it is the last one: the sender then adds a byte of zero, which with the tail is an empty block (RFC
// 7692 7.2.3.4).
Inflater::Outcome Inflater::inflate(std::string_view message, std::string& out, std::size_t bytes_max) {
  FRESHET_CHECK(inflateReset(&stream_) == Z_OK);
  out.clear();
  std::array<char, 16u << 10> part;
  for (const std::string_view piece : {message, kTail}) {
    stream_.next_in = bytes_of(piece);
    stream_.avail_in = static_cast<uInt>(piece.size());
    int result = Z_OK;
    do {
      stream_.next_out = reinterpret_cast<Bytef*>(part.data());
      stream_.avail_out = static_cast<uInt>(part.size());
      result = ::inflate(&stream_, Z_SYNC_FLUSH);
      if (result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR) return Outcome::kBroken;
      out.append(part.data(), part.size() - stream_.avail_out);
      if (out.size() > bytes_max) return Outcome::kTooBig;
    } while (stream_.avail_out == 0 && result == Z_OK);
    const std::string_view rest = piece.substr(piece.size() - stream_.avail_in);
    if (result == Z_STREAM_END) return rest.empty() || rest == kTail || rest == kTail.substr(0, 1) ? Outcome::kDone : Outcome::kBroken;
  }
  return stream_.avail_in == 0 ? Outcome::kDone : Outcome::kBroken;
}

}  // namespace freshet::broker::websocket
