// Random: unpredictable bytes, as the code that needs them is given them.
#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace freshet {

class Random {
 public:
  virtual ~Random() = default;
  virtual void fill(std::span<std::uint8_t> out) = 0;
};

// The system's cryptographic source: getrandom() natively, wasi:random in WASI, crypto.getRandomValues in the browser.
class SystemRandom final : public Random {
 public:
  void fill(std::span<std::uint8_t> out) override;
};

// `length` characters of [a-z0-9], each equally likely.
[[nodiscard]] std::string random_token(Random& random, std::size_t length);

}  // namespace freshet
