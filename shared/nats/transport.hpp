// Transport: one TCP connection, as the NATS client is given it. wasm/host has it over wasi:sockets, infra/cli over POSIX,
// tests as a script.
//
// Bounds    every call that can wait has a deadline on the steady clock; when it passes, write_all() and connect() fail and
//           read_some() gives 0
// Errors    kUnavailable: not connected, refused, reset, closed by the peer. The connection is then of no more use: close() it.
// Lifetime  may be connected again after close(). The destructor closes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "shared/clock.hpp"
#include "shared/result.hpp"

namespace freshet::nats {

class Transport {
 public:
  virtual ~Transport() = default;
  // `host` is an IP address or `localhost`; no name is resolved. An open connection is closed first.
  [[nodiscard]] virtual Result<void> connect(std::string_view host, std::uint16_t port, SteadyTime deadline) = 0;
  [[nodiscard]] virtual Result<void> write_all(std::string_view bytes, SteadyTime deadline) = 0;
  // Waits for at least one byte; 0 when the deadline passed first. The peer's end of stream is an error.
  [[nodiscard]] virtual Result<std::size_t> read_some(std::span<char> into, SteadyTime deadline) = 0;
  // What has arrived already; 0 when nothing has. Never waits.
  [[nodiscard]] virtual Result<std::size_t> try_read(std::span<char> into) = 0;
  virtual void close() = 0;
  // Waits, whether connected or not.
  virtual void sleep_until(SteadyTime time) = 0;
};

}  // namespace freshet::nats
