// NatsServer: a real nats-server with Freshet's configuration, for one test: in a folder of its own, on a free port, ended with the test.
//
// FRESHET_NATS_SERVER names the program, FRESHET_NATS_CONF the configuration (CMake sets both).
#pragma once

#include <string>

#include "infra/cli/posix_transport.hpp"
#include "shared/nats/client.hpp"
#include "shared/nats/jetstream.hpp"

namespace freshet::testing {

class NatsServer {
 public:
  NatsServer();
  ~NatsServer();
  NatsServer(const NatsServer&) = delete;
  NatsServer& operator=(const NatsServer&) = delete;

  void start();
  void stop();  // by SIGKILL, as a power cut

  [[nodiscard]] nats::ClientOptions options(const std::string& role) const;

 private:
  std::string folder_;
  std::uint16_t port_ = 0;
  int process_ = -1;
};

// A client of one role.
struct Peer {
  Peer(const NatsServer& server, const std::string& role) : client(transport, clock, random, server.options(role)) {}

  SystemClock clock;
  SystemRandom random;
  nats::PosixTransport transport{clock};
  nats::Client client;
  nats::JetStream jetstream{client, random};
};

}  // namespace freshet::testing
