// TcpTransport: a nats::Transport over wasi:sockets/tcp 0.2.
//
// Bounds    a read asks the host for 4 KiB at first and for more while reads come back full: an idle check is cheap, a stream of
//           data fast
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
  std::size_t read_bytes_ = 0;
};

}  // namespace freshet::host
