// The store's loop: the whole program but for where its parts come from.
#pragma once

#include <functional>

#include "functions/store/settings.hpp"
#include "shared/clock.hpp"
#include "shared/nats/transport.hpp"
#include "shared/random.hpp"

namespace freshet::store {

// Runs until `going` says no. It outlives nats-server: while that is away it tries to connect, for ever.
void run(nats::Transport& transport, const Clock& clock, Random& random, const Settings& settings, const std::function<bool()>& going);

}  // namespace freshet::store
