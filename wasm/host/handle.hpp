// Handle: one resource of the host; move-only, dropped once.
//
// Lifetime  a child (the stream of a socket, the pollable of a stream) is dropped before its parent, or the host traps: declare the
//           parent first
#pragma once

#include <cstdint>
#include <utility>

namespace freshet::host {

template <void (*kDrop)(std::int32_t)>
class Handle {
 public:
  Handle() = default;
  explicit Handle(std::int32_t handle) : handle_(handle) {}
  Handle(Handle&& other) noexcept : handle_(std::exchange(other.handle_, kNone)) {}
  Handle& operator=(Handle&& other) noexcept {
    if (this != &other) {
      reset();
      handle_ = std::exchange(other.handle_, kNone);
    }
    return *this;
  }
  ~Handle() { reset(); }

  explicit operator bool() const { return handle_ != kNone; }
  [[nodiscard]] std::int32_t get() const { return handle_; }
  // Gives it away: to the host, which drops it.
  [[nodiscard]] std::int32_t release() { return std::exchange(handle_, kNone); }
  void reset() {
    if (handle_ != kNone) kDrop(std::exchange(handle_, kNone));
  }

 private:
  static constexpr std::int32_t kNone = -1;
  std::int32_t handle_ = kNone;
};

void drop_pollable(std::int32_t handle);
void drop_input_stream(std::int32_t handle);
void drop_output_stream(std::int32_t handle);
using Pollable = Handle<drop_pollable>;
using InputStream = Handle<drop_input_stream>;
using OutputStream = Handle<drop_output_stream>;

}  // namespace freshet::host
