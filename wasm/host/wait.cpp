#include "wasm/host/wait.hpp"

#include <algorithm>
#include <cstring>

#include "freshet.h"
#include "wasm/host/clock.hpp"

namespace freshet::host {
namespace {

wasi_io_poll_borrow_pollable_t borrow(const Pollable& pollable) { return wasi_io_poll_borrow_pollable({pollable.get()}); }
wasi_io_streams_borrow_input_stream_t borrow(const InputStream& stream) { return wasi_io_streams_borrow_input_stream({stream.get()}); }
wasi_io_streams_borrow_output_stream_t borrow(const OutputStream& stream) { return wasi_io_streams_borrow_output_stream({stream.get()}); }

Error ended(wasi_io_streams_stream_error_t& error) {
  const bool closed = error.tag == WASI_IO_STREAMS_STREAM_ERROR_CLOSED;
  wasi_io_streams_stream_error_free(&error);
  return Error{Errc::kUnavailable, closed ? "the peer closed the connection" : "the connection broke"};
}

Pollable timer(SteadyTime deadline) {
  const auto at = std::chrono::nanoseconds(deadline.time_since_epoch()).count();
  return Pollable(wasi_clocks_monotonic_clock_subscribe_instant(static_cast<std::uint64_t>(at)).__handle);
}

}  // namespace

void drop_pollable(std::int32_t handle) { wasi_io_poll_pollable_drop_own({handle}); }
void drop_input_stream(std::int32_t handle) { wasi_io_streams_input_stream_drop_own({handle}); }
void drop_output_stream(std::int32_t handle) { wasi_io_streams_output_stream_drop_own({handle}); }

SteadyTime now() { return SteadyTime(std::chrono::nanoseconds(wasi_clocks_monotonic_clock_now())); }

WallTime HostClock::wall() const { return std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now()); }
SteadyTime HostClock::steady() const { return now(); }

void sleep_until(SteadyTime time) {
  if (time <= now()) return;
  const Pollable pollable = timer(time);
  wasi_io_poll_method_pollable_block(borrow(pollable));
}

Waited wait_for(const Pollable& pollable, SteadyTime deadline) {
  if (deadline <= now()) return wasi_io_poll_method_pollable_ready(borrow(pollable)) ? Waited::kReady : Waited::kDeadline;
  const Pollable clock = timer(deadline);
  wasi_io_poll_borrow_pollable_t both[] = {borrow(pollable), borrow(clock)};
  wasi_io_poll_list_borrow_pollable_t in{both, 2};
  freshet_list_u32_t ready{};
  wasi_io_poll_poll(&in, &ready);
  bool first = false;
  for (std::size_t i = 0; i < ready.len; ++i) first |= ready.ptr[i] == 0;
  freshet_list_u32_free(&ready);  // poll never gives an empty list
  return first ? Waited::kReady : Waited::kDeadline;
}

Pollable subscribe(const InputStream& stream) { return Pollable(wasi_io_streams_method_input_stream_subscribe(borrow(stream)).__handle); }
Pollable subscribe(const OutputStream& stream) { return Pollable(wasi_io_streams_method_output_stream_subscribe(borrow(stream)).__handle); }

Result<std::size_t> read_now(const InputStream& stream, std::span<char> into) {
  freshet_list_u8_t bytes{};
  wasi_io_streams_stream_error_t error{};
  if (!wasi_io_streams_method_input_stream_read(borrow(stream), into.size(), &bytes, &error)) return ended(error);
  if (bytes.len == 0) return std::size_t{0};  // its pointer is none to free
  const std::size_t count = std::min(bytes.len, into.size());
  std::memcpy(into.data(), bytes.ptr, count);
  freshet_list_u8_free(&bytes);
  return count;
}

bool write_now(const OutputStream& stream, std::string_view bytes) {
  wasi_io_streams_stream_error_t error{};
  std::uint64_t room = 0;
  if (!wasi_io_streams_method_output_stream_check_write(borrow(stream), &room, &error)) {
    wasi_io_streams_stream_error_free(&error);
    return false;
  }
  if (room < bytes.size()) return false;
  freshet_list_u8_t list{reinterpret_cast<std::uint8_t*>(const_cast<char*>(bytes.data())), bytes.size()};
  if (wasi_io_streams_method_output_stream_write(borrow(stream), &list, &error)) return true;
  wasi_io_streams_stream_error_free(&error);
  return false;
}

Result<void> write_all(const OutputStream& stream, std::string_view bytes, SteadyTime deadline) {
  wasi_io_streams_stream_error_t error{};
  while (!bytes.empty()) {
    std::uint64_t room = 0;
    if (!wasi_io_streams_method_output_stream_check_write(borrow(stream), &room, &error)) return ended(error);
    if (room == 0) {
      const Pollable writable = subscribe(stream);
      if (wait_for(writable, deadline) == Waited::kDeadline) return Error{Errc::kUnavailable, "the peer does not read what is sent"};
      continue;
    }
    const std::string_view piece = bytes.substr(0, static_cast<std::size_t>(std::min<std::uint64_t>(room, bytes.size())));
    freshet_list_u8_t list{reinterpret_cast<std::uint8_t*>(const_cast<char*>(piece.data())), piece.size()};
    if (!wasi_io_streams_method_output_stream_write(borrow(stream), &list, &error)) return ended(error);
    bytes.remove_prefix(piece.size());
  }
  if (!wasi_io_streams_method_output_stream_flush(borrow(stream), &error)) return ended(error);
  return {};
}

}  // namespace freshet::host
