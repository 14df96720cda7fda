// PosixTransport: a Transport over a POSIX socket, for native programs.
#pragma once

#include "shared/nats/transport.hpp"

namespace freshet::nats {

class PosixTransport final : public Transport {
 public:
  explicit PosixTransport(const Clock& clock) : clock_(clock) {}
  ~PosixTransport() override { close(); }
  PosixTransport(const PosixTransport&) = delete;
  PosixTransport& operator=(const PosixTransport&) = delete;

  [[nodiscard]] Result<void> connect(std::string_view host, std::uint16_t port, SteadyTime deadline) override;
  [[nodiscard]] Result<void> write_all(std::string_view bytes, SteadyTime deadline) override;
  [[nodiscard]] Result<std::size_t> read_some(std::span<char> into, SteadyTime deadline) override;
  [[nodiscard]] Result<std::size_t> try_read(std::span<char> into) override;
  void close() override;
  void sleep_until(SteadyTime time) override;

 private:
  [[nodiscard]] bool wait_for(short events, SteadyTime deadline) const;  // false: the deadline passed

  const Clock& clock_;
  int socket_ = -1;
};

}  // namespace freshet::nats
