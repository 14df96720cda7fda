// What a nats-server says about itself, as `freshet init`, `freshet check` and readiness want to know it.
//
// Errors    kUnavailable: it cannot be asked (the account does not import $SYS.REQ.SERVER.PING.VARZ, see infra/nats/nats.conf)
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "shared/nats/client.hpp"
#include "shared/result.hpp"

namespace freshet::nats {

struct ServerFacts {
  std::string version;              // `2.15.1`
  std::array<int, 3> numbers{};     // the same, to compare
  bool sync_always = false;         // an acknowledged message has been synced to disk
  std::uint64_t max_payload = 0;
};

[[nodiscard]] Result<ServerFacts> server_facts(Client& client, std::chrono::milliseconds timeout);

inline constexpr std::array<int, 3> kServerMin{2, 12, 0};  // atomic batches, counters; expected sequences that hold under concurrency
inline constexpr std::uint64_t kMaxPayloadMin = 4 * 1024 * 1024;

// Nothing wrong, or kUnavailable with the reason why such a server cannot keep the log.
[[nodiscard]] Result<void> accept_server(const ServerFacts& facts);

}  // namespace freshet::nats
