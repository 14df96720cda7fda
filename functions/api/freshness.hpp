// Freshness: whether everything the store has said about changes has been heard (DESIGN rule 8).
#pragma once

#include <cstdint>

namespace freshet::api {

class Freshness {
 public:
  virtual ~Freshness() = default;
  // One non-blocking read; false when the connection is not open. Invalidations that were waiting are handled before it answers.
  [[nodiscard]] virtual bool current() = 0;
  // Counts connections; what was heard over another one does not hold.
  [[nodiscard]] virtual std::uint64_t generation() const = 0;
};

}  // namespace freshet::api
