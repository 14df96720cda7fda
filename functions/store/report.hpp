// Report: lines of JSON on standard error, for whoever runs the store.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include "shared/clock.hpp"

namespace freshet::store {

enum class Level : std::uint8_t { kDebug, kInfo, kWarning, kError };

class Report {
 public:
  using Fields = std::initializer_list<std::pair<std::string_view, std::string_view>>;
  Report(const Clock& clock, Level least) : clock_(clock), least_(least) {}
  void say(Level level, std::string_view message, Fields fields = {}) const;

 private:
  const Clock& clock_;
  Level least_;
};

}  // namespace freshet::store
