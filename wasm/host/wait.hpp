// Waiting for the host: streams, with a deadline on HostClock's steady time.
//
// Errors    kUnavailable: the stream ended or failed
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "shared/clock.hpp"
#include "shared/result.hpp"
#include "wasm/host/handle.hpp"

namespace freshet::host {

[[nodiscard]] SteadyTime now();
void sleep_until(SteadyTime time);

enum class Waited : std::uint8_t { kReady, kDeadline };
[[nodiscard]] Waited wait_for(const Pollable& pollable, SteadyTime deadline);

[[nodiscard]] Pollable subscribe(const InputStream& stream);
[[nodiscard]] Pollable subscribe(const OutputStream& stream);

// What is there already, 0 when nothing is. Costs the host an allocation of `into`'s size.
[[nodiscard]] Result<std::size_t> read_now(const InputStream& stream, std::span<char> into);
// Hands over all of `bytes` if the host takes them at once, else nothing and false.
[[nodiscard]] bool write_now(const OutputStream& stream, std::string_view bytes);
[[nodiscard]] Result<void> write_all(const OutputStream& stream, std::string_view bytes, SteadyTime deadline);

}  // namespace freshet::host
