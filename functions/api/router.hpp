// Router: the table of all routes, and which of them a request means.
//
// Shape     a pattern is a path whose segments are literal or `{name}`; a last slash makes no difference (CONTRACT 1). Where two
//           patterns fit, the one that is literal earlier wins (`articles/latest/` before `articles/{key}/`), whatever the method:
//           POST to `articles/latest/` is 405, never a write to an article of that name.
// Errors    kNotFound; kMethodNotAllowed, whose `allow` names what would be (RFC 9110 15.5.6)
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "functions/api/context.hpp"
#include "functions/api/http.hpp"

namespace freshet::api {

// Who may call a route. A token is looked at in all but kAnyone; where it is given it must be good.
enum class Access : std::uint8_t { kAnyone, kPublic, kUser, kStaff };

using Handler = Result<Response> (*)(Request&, Context&);

struct Route {
  Method method;
  std::string_view pattern;
  Access access;
  Handler handler;
  std::size_t body_bytes_max = 0;  // 0: the route takes no body
};

struct Match {
  const Route* route = nullptr;
  std::vector<std::string_view> parameters;  // views into the segments matched
  std::string allow;                         // value of an Allow header; filled unless there is no such path
};

class Router {
 public:
  explicit Router(std::vector<Route> routes);
  // `route` is set when path and method fit; else `allow` is set when only the path does. GET routes answer HEAD too.
  [[nodiscard]] Match match(Method method, std::span<const std::string> segments) const;
  [[nodiscard]] std::span<const Route> routes() const { return routes_; }

 private:
  struct Path {
    std::string_view pattern;
    std::vector<std::string_view> segments;
    std::vector<std::size_t> routes;  // indexes into routes_
  };
  [[nodiscard]] const Path* find(std::span<const std::string> segments) const;
  std::vector<Route> routes_;
  std::vector<Path> paths_;
};

}  // namespace freshet::api
