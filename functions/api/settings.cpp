#include "functions/api/settings.hpp"

#include <charconv>

#include "shared/auth/jwt.hpp"
#include "shared/text.hpp"

namespace freshet::api {
namespace {

constexpr std::uint32_t kListMaxAge_s = 300;  // the seed's five minutes

class Reader {
 public:
  explicit Reader(const std::function<const char*(const char*)>& lookup) : lookup_(lookup) {}

  std::string text(const char* name, std::string_view otherwise = {}) {
    const char* value = lookup_(name);
    return value == nullptr || *value == '\0' ? std::string(otherwise) : std::string(trim(value));
  }

  bool on(const char* name, bool otherwise) {
    const std::string value = text(name, otherwise ? "on" : "off");
    if (value != "on" && value != "off") fail(name, "expected on or off");
    return value == "on";
  }

  std::uint32_t number(const char* name, std::uint32_t otherwise, std::uint32_t max) {
    const std::string value = text(name, std::to_string(otherwise));
    std::uint32_t number = 0;
    const auto [end, ec] = std::from_chars(value.data(), value.data() + value.size(), number);
    if (ec != std::errc{} || end != value.data() + value.size() || number > max)
      fail(name, "expected a number from 0 to " + std::to_string(max));
    return number;
  }

  std::vector<std::string> list(const char* name) {
    std::vector<std::string> out;
    const std::string value = text(name);
    for (std::string_view rest = value; !rest.empty();) {
      const std::size_t comma = rest.find(',');
      if (const auto entry = trim(rest.substr(0, comma)); !entry.empty()) out.emplace_back(entry);
      rest.remove_prefix(comma == std::string_view::npos ? rest.size() : comma + 1);
    }
    return out;
  }

  void fail(const char* name, std::string why) {
    if (why_.empty()) why_ = std::string(name) + ": " + std::move(why);
  }
  [[nodiscard]] const std::string& why() const { return why_; }

 private:
  const std::function<const char*(const char*)>& lookup_;
  std::string why_;
};

}  // namespace

Result<Settings> read_settings(const std::function<const char*(const char*)>& lookup) {
  Reader reader(lookup);
  Settings settings;
  settings.nats_url = reader.text("FRESHET_NATS_URL", "nats://127.0.0.1:4222");
  settings.allowed_origins = reader.list("FRESHET_ALLOWED_ORIGINS");
  settings.jwt_key = reader.text("FRESHET_JWT_KEY");
  settings.jwt_public_keys = reader.list("FRESHET_JWT_PUBLIC_KEYS");
  settings.jwt_issuer = reader.text("FRESHET_JWT_ISSUER", "freshet");
  settings.hs256_secret = reader.text("FRESHET_HS256_SECRET");
  settings.hs256_issuer = reader.text("FRESHET_HS256_ISSUER");
  settings.hs256_audience = reader.text("FRESHET_HS256_AUDIENCE");
  settings.hs256_staff = reader.on("FRESHET_HS256_STAFF", false);
  settings.registration = reader.on("FRESHET_REGISTRATION", true) ? Registration::kOn : Registration::kOff;
  settings.proxy_secret = reader.text("FRESHET_PROXY_SECRET");
  settings.list_max_age_s = reader.number("FRESHET_LIST_MAX_AGE", 0, kListMaxAge_s);
  if (!settings.hs256_secret.empty() && settings.hs256_secret.size() < kForeignSecretBytesMin) {
    reader.fail("FRESHET_HS256_SECRET", "expected at least 32 bytes (RFC 7518 3.2)");
  }
  if (settings.jwt_key.empty()) reader.fail("FRESHET_JWT_KEY", "is not set: tokens can neither be signed nor checked");
  for (const std::string& origin : settings.allowed_origins) {
    if (origin == "*" || origin.find("://") == std::string::npos || origin.back() == '/') {
      reader.fail("FRESHET_ALLOWED_ORIGINS", "expected origins such as https://example.org, without a path");
    }
  }
  if (!reader.why().empty()) return Error{Errc::kUnavailable, reader.why()};
  return settings;
}

}  // namespace freshet::api
