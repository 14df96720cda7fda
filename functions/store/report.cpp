#include "functions/store/report.hpp"

#include <array>
#include <cstdio>

#include "shared/json.hpp"

namespace freshet::store {

void Report::say(Level level, std::string_view message, Fields fields) const {
  if (level < least_) return;
  constexpr std::array<std::string_view, 4> kNames{"debug", "info", "warning", "error"};
  std::string line;
  JsonWriter writer(line);
  writer.begin_object().field("time", format_time(clock_.wall())).field("level", kNames[static_cast<std::size_t>(level)]);
  writer.field("part", "store").field("message", message);
  for (const auto& [name, value] : fields) writer.field(name, value);
  writer.end_object();
  line += '\n';
  std::fwrite(line.data(), 1, line.size(), stderr);
}

}  // namespace freshet::store
