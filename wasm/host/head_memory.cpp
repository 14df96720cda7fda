#include "wasm/host/head_memory.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>

#include "shared/check.hpp"

namespace freshet::host {
namespace {

// The canonical ABI calls without a context, so its state is the module's.
alignas(16) std::uint8_t room[32 * 1024];
std::size_t used = 0;
bool is_open = false;

void* take(std::size_t align, std::size_t bytes) {
  const std::size_t at = (used + align - 1) & ~(align - 1);
  if (!is_open || at > sizeof room || bytes > sizeof room - at) return nullptr;
  used = at + bytes;
  return room + at;
}

}  // namespace

HeadMemory::HeadMemory() {
  FRESHET_CHECK(!is_open);
  used = 0;
  is_open = true;
}

HeadMemory::~HeadMemory() { is_open = false; }

bool HeadMemory::holds(const void* memory) { return memory >= room && memory < room + sizeof room; }

}  // namespace freshet::host

// Takes the place of the bindings' own, which is weak.
extern "C" __attribute__((__export_name__("cabi_realloc"))) void* cabi_realloc(void* old, std::size_t old_bytes, std::size_t align,
                                                                               std::size_t bytes) {
  using freshet::host::HeadMemory;
  if (bytes == 0) return reinterpret_cast<void*>(align);
  const bool lies_here = HeadMemory::holds(old);
  if (old == nullptr || lies_here) {
    if (void* here = freshet::host::take(align, bytes)) {
      if (lies_here) std::memcpy(here, old, std::min(old_bytes, bytes));
      return here;
    }
  }
  void* made = std::realloc(lies_here ? nullptr : old, bytes);
  FRESHET_CHECK(made != nullptr);
  if (lies_here) std::memcpy(made, old, std::min(old_bytes, bytes));
  return made;
}
