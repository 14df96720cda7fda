#include "broker/sse/gzip.hpp"

#include <algorithm>
#include <optional>

#include "shared/text.hpp"

namespace freshet::broker::sse {
namespace {

constexpr std::size_t kStoredBytesMax = 0xFFFF;

// `;q=0`, `; q=0.000`: not wanted (RFC 9110 12.4.2).
bool is_refused(std::string_view parameters) {
  const auto at = parameters.find("q=");
  if (at == std::string_view::npos) return false;
  const std::string_view weight = trim(parameters.substr(at + 2));
  return !weight.empty() && weight.find_first_not_of("0.") == std::string_view::npos;
}

}  // namespace

bool takes_gzip(std::string_view accept_encoding) {
  std::optional<bool> named;
  bool any = false;
  while (!accept_encoding.empty()) {
    const std::size_t comma = std::min(accept_encoding.find(','), accept_encoding.size());
    const std::string_view one = trim(accept_encoding.substr(0, comma));
    accept_encoding.remove_prefix(std::min(comma + 1, accept_encoding.size()));
    const std::size_t semicolon = std::min(one.find(';'), one.size());
    const std::string_view coding = trim(one.substr(0, semicolon));
    const bool taken = !is_refused(one.substr(semicolon));
    if (ascii_iequals(coding, "gzip") || ascii_iequals(coding, "x-gzip")) named = taken;
    if (coding == "*") any = taken;
  }
  return named.value_or(any);
}

std::string gzip_stored(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t size = std::min(text.size(), kStoredBytesMax);
    const auto low = static_cast<char>(size & 0xFF);
    const auto high = static_cast<char>(size >> 8);
    for (const char byte : {'\0', low, high, static_cast<char>(~low), static_cast<char>(~high)}) out += byte;
    out += text.substr(0, size);
    text.remove_prefix(size);
  }
  return out;
}

std::string gzip_deflated(std::string deflated) {
  deflated.append("\x00\x00\xFF\xFF", 4);
  return deflated;
}

}  // namespace freshet::broker::sse
