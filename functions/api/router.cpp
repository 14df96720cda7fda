#include "functions/api/router.hpp"

#include <algorithm>

#include "shared/check.hpp"

namespace freshet::api {
namespace {

bool is_parameter(std::string_view segment) { return !segment.empty() && segment.front() == '{'; }

std::vector<std::string_view> split(std::string_view pattern) {
  FRESHET_CHECK(!pattern.empty() && pattern.front() == '/');
  std::vector<std::string_view> out;
  for (std::size_t from = 1; from < pattern.size();) {
    const std::size_t end = std::min(pattern.find('/', from), pattern.size());
    out.push_back(pattern.substr(from, end - from));
    from = end + 1;
  }
  return out;
}

bool fits(std::span<const std::string_view> pattern, std::span<const std::string> segments) {
  if (pattern.size() != segments.size()) return false;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (!is_parameter(pattern[i]) && pattern[i] != segments[i]) return false;
  }
  return true;
}

// True when `a` is literal at the first segment in which only one of the two is.
bool more_literal(std::span<const std::string_view> a, std::span<const std::string_view> b) {
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    if (is_parameter(a[i]) != is_parameter(b[i])) return is_parameter(b[i]);
  }
  return false;
}

}  // namespace

Router::Router(std::vector<Route> routes) : routes_(std::move(routes)) {
  for (std::size_t i = 0; i < routes_.size(); ++i) {
    const std::string_view pattern = routes_[i].pattern;
    auto path = std::find_if(paths_.begin(), paths_.end(), [&](const Path& known) { return known.pattern == pattern; });
    if (path == paths_.end()) path = paths_.insert(path, Path{pattern, split(pattern), {}});
    path->routes.push_back(i);
  }
}

const Router::Path* Router::find(std::span<const std::string> segments) const {
  const Path* best = nullptr;
  for (const Path& path : paths_) {
    if (fits(path.segments, segments) && (best == nullptr || more_literal(path.segments, best->segments))) best = &path;
  }
  return best;
}

Match Router::match(Method method, std::span<const std::string> segments) const {
  Match match;
  const Path* path = find(segments);
  if (path == nullptr) return match;
  const Method wanted = method == Method::kHead ? Method::kGet : method;
  for (const std::size_t index : path->routes) {
    const Route& route = routes_[index];
    if (route.method == wanted) match.route = &route;
    if (!match.allow.empty()) match.allow += ", ";
    match.allow += name_of(route.method);
    if (route.method == Method::kGet) match.allow += ", HEAD";
  }
  match.allow += ", OPTIONS";
  for (std::size_t i = 0; i < path->segments.size(); ++i) {
    if (is_parameter(path->segments[i])) match.parameters.push_back(segments[i]);
  }
  return match;
}

}  // namespace freshet::api
