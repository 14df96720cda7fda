#include "shared/random.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>

#include "shared/check.hpp"

namespace freshet {

void SystemRandom::fill(std::span<std::uint8_t> out) {
  constexpr std::size_t kOneCallMax = 256;  // POSIX getentropy
  for (std::size_t at = 0; at < out.size(); at += kOneCallMax) {
    const std::size_t count = std::min(kOneCallMax, out.size() - at);
    FRESHET_CHECK(getentropy(out.data() + at, count) == 0);
  }
}

std::string random_token(Random& random, std::size_t length) {
  constexpr std::string_view kAlphabet = "abcdefghijklmnopqrstuvwxyz0123456789";
  constexpr std::uint8_t kFairMax = 256 / kAlphabet.size() * kAlphabet.size() - 1;
  std::string out;
  std::array<std::uint8_t, 64> bytes{};
  while (out.size() < length) {
    random.fill(bytes);
    for (const std::uint8_t byte : bytes) {
      if (byte <= kFairMax && out.size() < length) out.push_back(kAlphabet[byte % kAlphabet.size()]);
    }
  }
  return out;
}

}  // namespace freshet
