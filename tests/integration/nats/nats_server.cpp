#include "tests/integration/nats/nats_server.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>

#include "shared/check.hpp"

namespace freshet::testing {
namespace {

constexpr std::array kRoles{"SYSTEM", "OPERATOR", "FUNCTIONS", "STORE", "BROKER"};
constexpr const char* kPassword = "integration";

std::uint16_t free_port() {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  FRESHET_CHECK(::bind(socket, reinterpret_cast<sockaddr*>(&address), size) == 0);
  FRESHET_CHECK(::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size) == 0);
  ::close(socket);
  return ntohs(address.sin_port);
}

std::string required(const char* name) {
  const char* value = std::getenv(name);
  if (value == nullptr || ::access(value, R_OK) != 0) {
    std::fprintf(stderr, "%s is missing: run infra/setup\n", name);
    std::abort();
  }
  return value;
}

}  // namespace

NatsServer::NatsServer() : port_(free_port()) {
  char folder[] = "/tmp/freshet-nats-XXXXXX";
  FRESHET_CHECK(::mkdtemp(folder) != nullptr);
  folder_ = folder;
  start();
}

NatsServer::~NatsServer() {
  stop();
  const std::string remove = "rm -rf '" + folder_ + "'";
  if (std::system(remove.c_str()) != 0) std::fprintf(stderr, "%s is left behind\n", folder_.c_str());
}

void NatsServer::start() {
  const std::string program = required("FRESHET_NATS_SERVER");
  const std::string config = required("FRESHET_NATS_CONF");
  const std::string port = std::to_string(port_);
  process_ = ::fork();
  FRESHET_CHECK(process_ >= 0);
  if (process_ == 0) {
    const int log = ::open((folder_ + "/log").c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    ::dup2(log, STDOUT_FILENO);
    ::dup2(log, STDERR_FILENO);
    for (const char* role : kRoles) ::setenv((std::string("FRESHET_NATS_PASSWORD_") + role).c_str(), kPassword, 1);
    ::execl(program.c_str(), "nats-server", "--config", config.c_str(), "--addr", "127.0.0.1", "--port", port.c_str(), "--store_dir", folder_.c_str(), nullptr);
    ::_exit(127);
  }
  Peer peer(*this, "operator");
  const auto deadline = peer.clock.steady() + std::chrono::seconds(20);
  while (!peer.client.connect().ok() || !peer.jetstream.api("INFO", {}, nats::Repeat::kSafe).ok()) {
    FRESHET_CHECK(peer.clock.steady() < deadline);
    peer.client.pause(std::chrono::milliseconds(20));
  }
}

void NatsServer::stop() {
  if (process_ < 0) return;
  ::kill(process_, SIGKILL);
  ::waitpid(process_, nullptr, 0);
  process_ = -1;
}

nats::ClientOptions NatsServer::options(const std::string& role) const {
  nats::ClientOptions options;
  options.server = {"127.0.0.1", port_, {role, kPassword}};
  options.inbox_prefix = "_INBOX_" + role;
  return options;
}

}  // namespace freshet::testing
