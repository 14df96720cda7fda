#include "functions/api/health.hpp"

#include <array>
#include <chrono>

#include "functions/api/problem.hpp"
#include "shared/json.hpp"
#include "shared/position.hpp"

namespace freshet::api {
namespace {

constexpr std::chrono::milliseconds kProbeTimeout{1000};

struct Component {
  std::string_view name;
  std::string why;  // empty: it is well
};

// What the parts of the site say of themselves.
struct Report {
  std::array<Component, 4> components{{{"nats", {}}, {"log", {}}, {"store", {}}, {"broker", {}}}};
  std::optional<std::uint64_t> store_sequence;
  std::optional<std::int64_t> broker_connections;
  std::optional<std::int64_t> broker_sequence;

  [[nodiscard]] bool ready() const {
    for (const Component& component : components) {
      if (!component.why.empty()) return false;
    }
    return true;
  }
};

// DESIGN "Log": an acknowledged event is on disk, and the server itself has to say so.
std::string nats_why(Bus& bus) {
  const auto answer = bus.request("$SYS.REQ.SERVER.PING.VARZ", "", kProbeTimeout);
  if (!answer.ok()) return answer.error().detail;
  const auto varz = parse_json_object(*answer);
  if (!varz.ok()) return "its description cannot be read";
  const Json* at = &*varz;
  for (const char* name : {"data", "jetstream", "config"}) {
    at = at != nullptr ? json_member(*at, name) : nullptr;
  }
  return at != nullptr && json_true(*at, "sync_always") ? std::string()
                                                        : "it does not prove that it syncs every write (jetstream sync_interval: always)";
}

std::string log_why(Log& log) {
  const auto epoch = log.epoch();
  return epoch.ok() ? std::string() : epoch.error().detail;
}

std::string store_why(Store& store, Report& report) {
  const auto answer = store.ask("health", "{}", {});
  if (!answer.ok()) return answer.error().detail;
  const auto position = parse_position(answer->position);
  if (!position.ok()) return "it has no position yet";
  report.store_sequence = position->sequence.value;
  return {};
}

std::string broker_why(Bus& bus, Report& report) {
  const auto answer = bus.request("broker.health", "{}", kProbeTimeout);
  if (!answer.ok()) return answer.error().detail;
  const auto health = parse_json_object(*answer);
  if (!health.ok()) return "its answer cannot be read";
  report.broker_connections = json_integer(*health, "connections");
  report.broker_sequence = json_integer(*health, "position");
  const std::string status = json_text_or(*health, "status", "unknown");
  return status == "ok" ? std::string() : "it says: " + status;
}

Report probe(Context& context) {
  Report report;
  report.components[0].why = nats_why(context.bus);
  report.components[1].why = log_why(context.log);
  report.components[2].why = store_why(context.store, report);
  report.components[3].why = broker_why(context.bus, report);
  return report;
}

std::string components_json(const Report& report) {
  std::string out;
  JsonWriter writer(out);
  writer.begin_object();
  for (const Component& component : report.components) writer.field(component.name, component.why.empty() ? "ok" : component.why);
  writer.end_object();
  return out;
}

std::string missing_text(const Report& report) {
  std::string out;
  for (const Component& component : report.components) {
    if (component.why.empty()) continue;
    if (!out.empty()) out += ", ";
    out += component.name;
  }
  return out;
}

void gauge(std::string& out, std::string_view name, std::string_view help, std::uint64_t value) {
  out.append("# HELP ").append(name).append(1, ' ').append(help).append("\n# TYPE ").append(name).append(" gauge\n");
  out.append(name).append(1, ' ').append(std::to_string(value)).append(1, '\n');
}

}  // namespace

std::vector<Route> health_routes() {
  return {
      {Method::kGet, "/healthz", Access::kAnyone, alive},
      {Method::kGet, "/readyz", Access::kAnyone, ready},
      {Method::kGet, "/metrics", Access::kAnyone, metrics},
      {Method::kGet, "/api/admin/health/", Access::kStaff, admin_health},
      {Method::kGet, "/api/admin/connections/", Access::kStaff, admin_connections},
  };
}

Result<Response> alive(Request&, Context&) {
  Response response = json_response(200, "{\"status\":\"ok\"}");
  response.set("cache-control", "no-store");
  return response;
}

Result<Response> ready(Request&, Context& context) {
  const Report report = probe(context);
  const std::string components = components_json(report);
  if (!report.ready()) return problem_with(Error{Errc::kUnavailable, "missing: " + missing_text(report)}, "components", components);
  Response response = json_response(200, "{\"status\":\"ready\",\"components\":" + components + '}');
  response.set("cache-control", "no-store");
  return response;
}

Result<Response> metrics(Request&, Context& context) {
  const Report report = probe(context);
  Response response;
  response.set("content-type", "text/plain; version=0.0.4; charset=utf-8").set("cache-control", "no-store");
  std::string& out = response.body;
  out += "# HELP freshet_component_up 1 when this part of the site answers the functions and is well.\n# TYPE freshet_component_up gauge\n";
  for (const Component& component : report.components) {
    out.append("freshet_component_up{component=\"").append(component.name).append("\"} ").append(component.why.empty() ? "1\n" : "0\n");
  }
  if (report.store_sequence)
    gauge(out, "freshet_store_applied_sequence", "Log sequence up to which the answering store has read.", *report.store_sequence);
  if (report.broker_sequence) {
    gauge(out, "freshet_broker_sequence", "Log sequence up to which the answering broker has delivered.",
          static_cast<std::uint64_t>(*report.broker_sequence));
  }
  if (report.broker_connections) {
    gauge(out, "freshet_broker_streams", "Streams that the answering broker holds open.",
          static_cast<std::uint64_t>(*report.broker_connections));
  }
  return response;
}

Result<Response> admin_health(Request&, Context& context) {
  const Report report = probe(context);
  std::string out;
  JsonWriter writer(out);
  writer.begin_object().field("status", report.ready() ? "ok" : "degraded");
  writer.field("message", report.ready() ? "Everything answers." : "Missing: " + missing_text(report) + '.');
  writer.key("components").raw(components_json(report)).end_object();
  return json_response(200, std::move(out));
}

Result<Response> admin_connections(Request&, Context& context) {
  FRESHET_TRY(answer, context.bus.request("broker.connections", "{}", kProbeTimeout));
  FRESHET_TRY(checked, parse_json_object(answer));
  return json_response(200, checked.dump());
}

}  // namespace freshet::api
