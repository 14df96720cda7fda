// Log: one JSON object a line on standard error, with the words of CODE.md's table. Never a token, never a query string.
//
// Threads   any; a line is one write
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include "broker/server/settings.hpp"
#include "shared/clock.hpp"

namespace freshet::broker {

class Log {
 public:
  using Fields = std::initializer_list<std::pair<std::string_view, std::string>>;

  Log(const Clock& clock, LogLevel least) : clock_(clock), least_(least) {}
  void debug(std::string_view message, Fields fields = {}) const { write(LogLevel::kDebug, message, fields); }
  void info(std::string_view message, Fields fields = {}) const { write(LogLevel::kInfo, message, fields); }
  void warning(std::string_view message, Fields fields = {}) const { write(LogLevel::kWarning, message, fields); }
  void error(std::string_view message, Fields fields = {}) const { write(LogLevel::kError, message, fields); }

 private:
  void write(LogLevel level, std::string_view message, Fields fields) const;
  const Clock& clock_;
  const LogLevel least_;
};

}  // namespace freshet::broker
