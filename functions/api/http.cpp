#include "functions/api/http.hpp"

#include <array>

#include "shared/text.hpp"

namespace freshet::api {
namespace {

constexpr std::array<std::string_view, 7> kMethods{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"};

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

enum class Plus : std::uint8_t { kPlus, kSpace };

// Nothing where an escape is broken or the result is not UTF-8 or holds a NUL.
std::optional<std::string> percent_decode(std::string_view text, Plus plus) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%') {
      if (i + 2 >= text.size()) return std::nullopt;
      const int high = hex_value(text[i + 1]);
      const int low = hex_value(text[i + 2]);
      if (high < 0 || low < 0) return std::nullopt;
      out.push_back(static_cast<char>(high * 16 + low));
      i += 2;
    } else {
      out.push_back(text[i] == '+' && plus == Plus::kSpace ? ' ' : text[i]);
    }
  }
  if (out.find('\0') != std::string::npos || !utf8_length(out)) return std::nullopt;
  return out;
}

Result<void> parse_path(std::string_view path, std::vector<std::string>& segments) {
  const Error not_found{Errc::kNotFound, "there is nothing at this address"};
  if (path.empty() || path.front() != '/') return not_found;
  path.remove_prefix(1);
  if (path.empty()) return {};
  if (path.back() == '/') path.remove_suffix(1);
  while (true) {
    const std::size_t end = path.find('/');
    auto segment = percent_decode(path.substr(0, end), Plus::kPlus);
    if (!segment || segment->empty()) return not_found;
    segments.push_back(std::move(*segment));
    if (end == std::string_view::npos) return {};
    path.remove_prefix(end + 1);
  }
}

Result<void> parse_query(std::string_view query, std::vector<std::pair<std::string, std::string>>& out) {
  while (!query.empty()) {
    const std::size_t end = query.find('&');
    const std::string_view pair = query.substr(0, end);
    query.remove_prefix(end == std::string_view::npos ? query.size() : end + 1);
    if (pair.empty()) continue;
    const std::size_t equals = pair.find('=');
    auto name = percent_decode(pair.substr(0, equals), Plus::kSpace);
    auto value = percent_decode(equals == std::string_view::npos ? std::string_view() : pair.substr(equals + 1), Plus::kSpace);
    if (!name || !value) return Error{Errc::kInvalidArgument, "the query is not percent-encoded UTF-8"};
    out.emplace_back(std::move(*name), std::move(*value));
  }
  return {};
}

}  // namespace

Method parse_method(std::string_view name) {
  for (std::size_t i = 0; i < kMethods.size(); ++i) {
    if (kMethods[i] == name) return static_cast<Method>(i);
  }
  return Method::kOther;
}

std::string_view name_of(Method method) {
  return method == Method::kOther ? std::string_view("other") : kMethods[static_cast<std::size_t>(method)];
}

const std::string* Request::query_value(std::string_view name) const {
  for (auto it = query.rbegin(); it != query.rend(); ++it) {
    if (it->first == name) return &it->second;
  }
  return nullptr;
}

Result<void> parse_target(Request& request) {
  const std::string_view target = request.target;
  const std::size_t question = target.find('?');
  FRESHET_TRY_VOID(parse_path(target.substr(0, question), request.segments));
  if (question == std::string_view::npos) return {};
  return parse_query(target.substr(question + 1), request.query);
}

std::string percent_encode(std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (letter || c == '-' || c == '.' || c == '_' || c == '~') {
      out.push_back(c);
    } else {
      out.push_back('%');
      out.push_back(kHex[static_cast<unsigned char>(c) >> 4]);
      out.push_back(kHex[static_cast<unsigned char>(c) & 0xF]);
    }
  }
  return out;
}

}  // namespace freshet::api
