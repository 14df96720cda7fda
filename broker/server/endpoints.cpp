#include "broker/server/endpoints.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "shared/routing.hpp"

namespace freshet::broker {
namespace {

using Kind = Endpoint::Kind;

constexpr std::array<std::pair<std::string_view, Endpoint>, 9> kEndpoints{{
    {"/api/content/events/article-updates-en", {Kind::kStream, kArticlesEn}},
    {"/api/content/events/article-updates-th", {Kind::kStream, kArticlesTh}},
    {"/events/article-updates-en", {Kind::kStream, kArticlesEn}},
    {"/events/article-updates-th", {Kind::kStream, kArticlesTh}},
    {"/events/courses", {Kind::kStream, kCourses}},
    {"/ws/courses", {Kind::kSocket, kCourses}},
    {"/healthz", {Kind::kHealth}},
    {"/readyz", {Kind::kReady}},
    {"/metrics", {Kind::kMetrics}},
}};

}  // namespace

Endpoint find_endpoint(std::string_view path) {
  if (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
  for (const auto& [name, endpoint] : kEndpoints) {
    if (name == path) return endpoint;
  }
  return path.starts_with("/ws/") ? Endpoint{Kind::kNoSocket} : Endpoint{};
}

OriginCheck check_origin(std::string_view origin, std::string_view host, const std::vector<std::string>& allowed) {
  if (origin.empty()) return OriginCheck::kAbsent;
  if (std::find(allowed.begin(), allowed.end(), origin) != allowed.end()) return OriginCheck::kAllowed;
  for (const std::string_view scheme : {"https://", "http://"}) {
    if (!host.empty() && origin.starts_with(scheme) && ascii_iequals(origin.substr(scheme.size()), host)) return OriginCheck::kAllowed;
  }
  return OriginCheck::kRefused;
}

HeaderList cors_headers(OriginCheck check, std::string_view origin) {
  HeaderList headers{{"Vary", "Origin"}};
  if (check == OriginCheck::kAllowed) {
    headers.emplace_back("Access-Control-Allow-Origin", origin);
    headers.emplace_back("Access-Control-Allow-Credentials", "true");
  }
  return headers;
}

HeaderList preflight_headers() {
  return {{"Access-Control-Allow-Methods", "GET, HEAD"},
          {"Access-Control-Allow-Headers", "Authorization, Cache-Control, Last-Event-ID"},
          {"Access-Control-Max-Age", "86400"}};
}

}  // namespace freshet::broker
