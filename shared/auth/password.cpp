#include "shared/auth/password.hpp"

#include <algorithm>
#include <array>

#include "shared/auth/sodium_ready.hpp"
#include "shared/limits.hpp"
#include "shared/text.hpp"

namespace freshet {
namespace {

constexpr unsigned long long kPasses = 2;
constexpr std::size_t kMemoryBytes = 19u << 20;

// The hash of 32 random bytes that nobody kept.
constexpr std::string_view kNobody = "$argon2id$v=19$m=19456,t=2,p=1$de7UdBY2IFzneUhAzSvVjA$8FNv4UDNVFC/CwTk81KBfMd3beASDEESgD66mfUXXBA";

using Phc = std::array<char, crypto_pwhash_STRBYTES>;  // ends with NUL, as libsodium wants it

bool copy_phc(std::string_view text, Phc& out) {
  if (text.size() >= out.size() || text.find('\0') != std::string_view::npos || !text.starts_with("$argon2id$")) return false;
  out.fill('\0');
  std::copy(text.begin(), text.end(), out.begin());
  return true;
}

}  // namespace

bool is_password(std::string_view password) {
  if (password.size() > limits::kPasswordCodePoints * 4) return false;
  const auto length = utf8_length(password);
  return length && *length >= limits::kPasswordCodePointsMin && *length <= limits::kPasswordCodePoints;
}

Result<std::string> hash_password(std::string_view password) {
  if (!is_password(password)) {
    return Error{Errc::kInvalidArgument, "a password has " + std::to_string(limits::kPasswordCodePointsMin) + " to " +
                                             std::to_string(limits::kPasswordCodePoints) + " characters"};
  }
  sodium_ready();
  Phc out{};
  if (crypto_pwhash_str_alg(out.data(), password.data(), password.size(), kPasses, kMemoryBytes, crypto_pwhash_ALG_ARGON2ID13) != 0) {
    return Error{Errc::kUnavailable, "not enough memory to hash a password"};
  }
  return std::string(out.data());
}

PasswordCheck check_password(std::string_view password, std::string_view phc) {
  if (!is_password(password)) return PasswordCheck::kWrong;
  sodium_ready();
  Phc stored{};
  if (!copy_phc(phc, stored) || crypto_pwhash_str_needs_rehash(stored.data(), kPasses, kMemoryBytes) < 0) {
    return check_password_of_nobody(password);
  }
  return crypto_pwhash_str_verify(stored.data(), password.data(), password.size()) == 0 ? PasswordCheck::kRight : PasswordCheck::kWrong;
}

PasswordCheck check_password_of_nobody(std::string_view password) {
  if (!is_password(password)) return PasswordCheck::kWrong;
  sodium_ready();
  Phc nobody{};
  static_cast<void>(copy_phc(kNobody, nobody));
  static_cast<void>(crypto_pwhash_str_verify(nobody.data(), password.data(), password.size()));
  return PasswordCheck::kWrong;
}

bool needs_rehash(std::string_view phc) {
  sodium_ready();
  Phc stored{};
  return !copy_phc(phc, stored) || crypto_pwhash_str_needs_rehash(stored.data(), kPasses, kMemoryBytes) != 0;
}

}  // namespace freshet
