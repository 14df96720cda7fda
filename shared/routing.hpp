// Routing: who receives an event, as a pure function of its subject and headers.
//
// Live delivery and replay use this same function, so a draft cannot reach a public channel by any road: an event that was not
// public before and is not public now has no public route (DESIGN rule 6).
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include "shared/event.hpp"
#include "shared/subject.hpp"

namespace freshet {

inline constexpr std::string_view kArticlesEn = "articles:en";
inline constexpr std::string_view kArticlesTh = "articles:th";
inline constexpr std::string_view kCourses = "courses";

struct Route {
  std::string_view channel;  // static text
  std::string_view type;     // what the frame's `type` says; static text
};

// The routes of one event; a handful at the most.
class Routes {
 public:
  static constexpr std::size_t kMax = 4;
  void add(Route route) {
    FRESHET_CHECK(size_ < kMax);
    routes_[size_++] = route;
  }
  [[nodiscard]] const Route* begin() const { return routes_.data(); }
  [[nodiscard]] const Route* end() const { return routes_.data() + size_; }
  [[nodiscard]] bool empty() const { return size_ == 0; }
  [[nodiscard]] std::size_t size() const { return size_; }

 private:
  std::array<Route, kMax> routes_{};
  std::size_t size_ = 0;
};

// False for kinds that no channel ever tells of, so that their events need not be read.
[[nodiscard]] bool is_routed(EntityKind kind);
[[nodiscard]] Routes route(const LogSubject& subject, const Event& event);

// The subject filter (NATS wildcards) under which all events of a channel lie; for reading a channel's past from the log.
// Empty for an unknown channel.
[[nodiscard]] std::string_view subject_filter(std::string_view channel);

}  // namespace freshet
