// TcpTransport: a nats::Transport over wasi:sockets/tcp 0.2.
//
// Bounds    a look at what has come asks the host for 256 bytes, a read that was waited for or follows a full one for 32 KiB, and for up
//           to 64 KiB while reads come back full: the host allocates what is asked for, and most looks find nothing
// Source    wasi:sockets/tcp 0.2; it cannot set TCP_NODELAY, so what belongs together is written at once (by the client)
#pragma once

#include "shared/nats/transport.hpp"
#include "wasm/host/handle.hpp"

namespace freshet::host {

void drop_tcp_socket(std::int32_t handle);
using TcpSocket = Handle<drop_tcp_socket>;

class TcpTransport final : public nats::Transport {
 public:
  TcpTransport() = default;
  ~TcpTransport() override { close(); }
  TcpTransport(const TcpTransport&) = delete;
  TcpTransport& operator=(const TcpTransport&) = delete;

  [[nodiscard]] Result<void> connect(std::string_view host, std::uint16_t port, SteadyTime deadline) override;
  [[nodiscard]] Result<void> write_all(std::string_view bytes, SteadyTime deadline) override;
  [[nodiscard]] Result<std::size_t> read_some(std::span<char> into, SteadyTime deadline) override;
  [[nodiscard]] Result<std::size_t> try_read(std::span<char> into) override;
  void close() override;
  void sleep_until(SteadyTime time) override;

 private:
  TcpSocket socket_;  // parent of the streams, and the input of its pollable
  InputStream input_;
  OutputStream output_;
  Pollable readable_;
  [[nodiscard]] Result<std::size_t> read_up_to(std::size_t bytes, std::span<char> into);
  std::size_t look_bytes_ = 0;  // what try_read() asks for
};

}  // namespace freshet::host
