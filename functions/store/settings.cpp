#include "functions/store/settings.hpp"

#include <algorithm>

namespace freshet::store {
namespace {

// One token of a subject, safe in any log.
bool is_token(std::string_view text) {
  return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
}

Result<Level> parse_level(std::string_view text) {
  if (text == "debug") return Level::kDebug;
  if (text == "info") return Level::kInfo;
  if (text == "warning") return Level::kWarning;
  if (text == "error") return Level::kError;
  return Error{Errc::kInvalidArgument, "FRESHET_LOG_LEVEL: expected debug, info, warning or error"};
}

}  // namespace

Result<Settings> read_settings(const std::function<const char*(const char*)>& lookup, std::string folder, Random& random) {
  const auto text = [&lookup](const char* name, std::string otherwise) {
    const char* value = lookup(name);
    return value == nullptr || *value == '\0' ? otherwise : std::string(value);
  };
  Settings settings;
  auto server = nats::parse_server_url(text("FRESHET_NATS_URL", "nats://127.0.0.1:4222"));
  if (!server.ok()) return Error{Errc::kInvalidArgument, "FRESHET_NATS_URL: " + server.error().detail};
  settings.server = std::move(*server);
  settings.place = text("FRESHET_PLACE", "local");
  settings.store_id = text("FRESHET_STORE_ID", random_token(random, 12));
  settings.folder = std::move(folder);
  for (const auto& [name, value] : {std::pair{"FRESHET_PLACE", &settings.place}, std::pair{"FRESHET_STORE_ID", &settings.store_id}}) {
    if (!is_token(*value)) return Error{Errc::kInvalidArgument, std::string(name) + ": expected 1 to 64 of letters, digits, - and _"};
  }
  FRESHET_TRY(level, parse_level(text("FRESHET_LOG_LEVEL", "info")));
  settings.log_level = level;
  return settings;
}

}  // namespace freshet::store
