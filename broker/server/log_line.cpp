#include "broker/server/log_line.hpp"

#include <unistd.h>

#include <array>

#include "shared/json.hpp"

namespace freshet::broker {

void Log::write(LogLevel level, std::string_view message, Fields fields) const {
  constexpr std::array<std::string_view, 4> kNames{"debug", "info", "warning", "error"};
  if (level < least_) return;
  std::string line;
  JsonWriter writer(line);
  writer.begin_object().field("time", format_time(clock_.wall())).field("level", kNames[static_cast<std::size_t>(level)]);
  writer.field("part", "broker").field("message", message);
  for (const auto& [name, value] : fields) writer.field(name, value);
  writer.end_object();
  line += '\n';
  [[maybe_unused]] const auto written = ::write(STDERR_FILENO, line.data(), line.size());
}

}  // namespace freshet::broker
