// HeadMemory: where the host puts the texts of a request's head: many small ones that live and die together, so they take no malloc each.
//
// Shape     while it is open, what the host asks of cabi_realloc comes from one piece of memory; what does not fit, and everything that
//           comes while it is closed, comes from malloc
// Bounds    32 KiB, more than the head of a request that we take (shared/limits.hpp)
// Lifetime  what lies in it is gone when it is opened again. There is one, as there is one request at a time in an instance.
// Source    component model, Canonical ABI, `realloc`
#pragma once

namespace freshet::host {

class HeadMemory {
 public:
  HeadMemory();  // opens it, empty
  ~HeadMemory();
  HeadMemory(const HeadMemory&) = delete;
  HeadMemory& operator=(const HeadMemory&) = delete;

  // True for what must not be freed.
  [[nodiscard]] static bool holds(const void* memory);
};

}  // namespace freshet::host
