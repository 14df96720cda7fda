#include "shared/id.hpp"

#include <algorithm>
#include <array>

namespace freshet {
namespace {
constexpr std::string_view kCrockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr std::size_t kIdLength = 26;
constexpr std::size_t kTimeLength = 10;
}  // namespace

std::string make_id(WallTime now, Random& random) {
  std::string id(kIdLength, '0');
  auto ms = static_cast<std::uint64_t>(now.time_since_epoch().count());
  for (std::size_t i = kTimeLength; i-- > 0; ms >>= 5) id[i] = kCrockford[ms & 31];
  std::array<std::uint8_t, kIdLength - kTimeLength> bytes{};
  random.fill(bytes);
  for (std::size_t i = 0; i < bytes.size(); ++i) id[kTimeLength + i] = kCrockford[bytes[i] & 31];
  return id;
}

bool is_id(std::string_view text) {
  return text.size() == kIdLength && text.front() <= '7' &&
         std::all_of(text.begin(), text.end(), [](char c) { return kCrockford.find(c) != std::string_view::npos; });
}

WallTime time_of_id(std::string_view id) {
  std::uint64_t ms = 0;
  for (const char c : id.substr(0, kTimeLength)) ms = ms << 5 | kCrockford.find(c);
  return WallTime(std::chrono::milliseconds(ms));
}

}  // namespace freshet
