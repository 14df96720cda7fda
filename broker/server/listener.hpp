// Listener: a listening socket of its own for each loop, all on one address; the kernel spreads connections over them.
//
// Source    socket(7) SO_REUSEPORT
#pragma once

#include <cstdint>
#include <string>

#include "broker/loop/descriptor.hpp"
#include "shared/result.hpp"

namespace freshet::broker {

[[nodiscard]] Result<Descriptor> listen_on(const std::string& address, std::uint16_t port);

// Raises the soft limit of descriptors to the hard one; gives how many the process may have.
[[nodiscard]] std::size_t raise_descriptor_limit();

}  // namespace freshet::broker
