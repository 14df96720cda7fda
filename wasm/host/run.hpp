// The body of a component that runs until it ends (wasi:cli/run 0.2).
#pragma once

namespace freshet::host {

enum class Ended : bool { kWell = true, kBadly = false };

// Defined by the component.
Ended run();

}  // namespace freshet::host
