#include "broker/server/settings.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <fstream>
#include <iterator>

#include "shared/auth/jwt.hpp"
#include "shared/text.hpp"

namespace freshet::broker {
namespace {

// Reads settings one by one and notes what is wrong.
class Reader {
 public:
  explicit Reader(const Environment& environment) : environment_(environment) {}

  void text(const std::string& name, std::string& out) {
    if (auto value = environment_(name)) out = std::move(*value);
  }

  void secret(const std::string& name, std::string& out) {
    const auto file = environment_(name + "_FILE");
    if (!file || file->empty()) return text(name, out);
    std::ifstream in(*file, std::ios::binary);
    if (!in) return wrong(name + "_FILE", "names a file that cannot be read");
    out.assign(std::istreambuf_iterator<char>(in), {});
    while (!out.empty() && (out.back() == '\n' || out.back() == '\r')) out.pop_back();
  }

  template <typename Number>
  void number(const std::string& name, Number& out, std::uint64_t least, std::uint64_t most) {
    const auto value = environment_(name);
    if (!value || value->empty()) return;
    std::uint64_t parsed = 0;
    const auto [end, ec] = std::from_chars(value->data(), value->data() + value->size(), parsed);
    if (ec != std::errc{} || end != value->data() + value->size() || parsed < least || parsed > most) {
      return wrong(name, "is a whole number from " + std::to_string(least) + " to " + std::to_string(most));
    }
    out = Number(parsed);
  }

  void list(const std::string& name, std::vector<std::string>& out) {
    std::string all;
    secret(name, all);
    std::string_view rest = all;
    while (!rest.empty()) {
      const auto comma = rest.find(',');
      if (const auto item = trim(rest.substr(0, comma)); !item.empty()) out.emplace_back(item);
      rest = comma == std::string_view::npos ? std::string_view() : rest.substr(comma + 1);
    }
  }

  template <typename Switch>
  void on_or_off(const std::string& name, Switch& out) {
    std::string value;
    text(name, value);
    if (!value.empty() && value != "on" && value != "off") return wrong(name, "is on or off");
    if (!value.empty()) out = static_cast<Switch>(value == "on");
  }

  void wrong(const std::string& name, std::string why) { errors_[name].push_back(std::move(why)); }

  [[nodiscard]] Result<void> finish() const {
    if (errors_.empty()) return {};
    Error error{Errc::kInvalidArgument, "settings that are wrong:"};
    for (const auto& [name, reasons] : errors_) error.detail += " " + name + " " + reasons.front() + ";";
    error.detail.pop_back();
    error.fields = errors_;
    return error;
  }

 private:
  const Environment& environment_;
  std::map<std::string, std::vector<std::string>> errors_;
};

bool is_origin(std::string_view text) {
  const std::string_view rest = text.starts_with("https://") ? text.substr(8) : text.starts_with("http://") ? text.substr(7) : "";
  return !rest.empty() && rest.find_first_of("/ ,\t") == std::string_view::npos;
}

void read_log_level(Reader& reader, LogLevel& out) {
  std::string name;
  reader.text("FRESHET_LOG_LEVEL", name);
  const std::vector<std::string> names{"debug", "info", "warning", "error"};
  const auto at = std::find(names.begin(), names.end(), name);
  if (at != names.end()) {
    out = static_cast<LogLevel>(at - names.begin());
  } else if (!name.empty()) {
    reader.wrong("FRESHET_LOG_LEVEL", "is debug, info, warning or error");
  }
}

void read_limits(Reader& reader, Settings& out) {
  reader.number("FRESHET_MAX_CONNECTIONS_PER_IP", out.connections_per_ip_max, 0, 1'000'000);
  reader.number("FRESHET_MAX_CONNECTIONS_PER_USER", out.connections_per_user_max, 0, 1'000'000);
  reader.number("FRESHET_RING_BYTES", out.ring.bytes_max, 64u << 10, 64ull << 30);
  reader.number("FRESHET_RING_EVENTS", out.ring.events_max, 1, 10'000'000);
  reader.number("FRESHET_RING_SECONDS", out.ring.age_max, 1, 86'400);
  // A page read from the log, and so an event of NATS' largest size, must fit.
  reader.number("FRESHET_OUTBOX_BYTES", out.outbox_bytes_max, 5u << 20, 1ull << 30);
  reader.number("FRESHET_UNSENT_BYTES", out.unsent_bytes_max, 10u << 20, 1ull << 40);
  reader.number("FRESHET_BROKER_LOOPS", out.loops, 0, 256);
  reader.number("FRESHET_DRAIN_SECONDS", out.drain, 1, 3600);
}

void read_tokens(Reader& reader, Settings& out) {
  reader.text("FRESHET_JWT_ISSUER", out.jwt_issuer);
  reader.list("FRESHET_JWT_PUBLIC_KEYS", out.jwt_public_keys);
  reader.secret("FRESHET_HS256_SECRET", out.hs256_secret);
  if (!out.hs256_secret.empty() && out.hs256_secret.size() < kForeignSecretBytesMin) {
    reader.wrong("FRESHET_HS256_SECRET", "has at least 32 bytes (RFC 7518 3.2)");
  }
  reader.text("FRESHET_HS256_ISSUER", out.hs256_issuer);
  reader.text("FRESHET_HS256_AUDIENCE", out.hs256_audience);
}

bool is_subject_token(std::string_view text) { return !text.empty() && text.find_first_of(" .*>\t\r\n") == std::string_view::npos; }

}  // namespace

std::optional<std::string> process_environment(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

Result<Settings> read_settings(const Environment& environment) {
  Settings out;
  Reader reader(environment);
  reader.number("FRESHET_BROKER_PORT", out.port, 1, 65'535);
  reader.text("FRESHET_BROKER_ADDRESS", out.address);
  in_addr address{};
  if (::inet_pton(AF_INET, out.address.c_str(), &address) != 1) reader.wrong("FRESHET_BROKER_ADDRESS", "is an IPv4 address");
  reader.secret("FRESHET_NATS_URL", out.nats_url);
  if (out.nats_url.empty()) reader.wrong("FRESHET_NATS_URL", "is missing: nats://user:password@host:port");
  reader.text("FRESHET_PLACE", out.place);
  if (!is_subject_token(out.place)) reader.wrong("FRESHET_PLACE", "is one token of a NATS subject");
  reader.list("FRESHET_ALLOWED_ORIGINS", out.allowed_origins);
  for (const std::string& origin : out.allowed_origins) {
    if (!is_origin(origin)) reader.wrong("FRESHET_ALLOWED_ORIGINS", "lists origins: https://host or http://host:port, no path");
  }
  reader.secret("FRESHET_PROXY_SECRET", out.proxy_secret);
  reader.on_or_off("FRESHET_IO_URING", out.io_uring);
  reader.on_or_off("FRESHET_SSE_COMPRESSION", out.sse_compression);
  reader.on_or_off("FRESHET_WEBSOCKET_COMPRESSION", out.websocket_compression);
  read_limits(reader, out);
  read_tokens(reader, out);
  read_log_level(reader, out.log_level);
  FRESHET_TRY_VOID(reader.finish());
  return out;
}

}  // namespace freshet::broker
