// Health: whether the functions are alive, whether the whole site can serve, and the same as numbers.
//
// Shape     /healthz   this instance answers
//           /readyz    nats (reachable, and it proves that it syncs every write: jetstream.config.sync_always), log (exists and has an
//                      epoch), store and broker (answer). 503 names what is missing: {"components": {name: "ok" | why}, "missing": […]}
//           /metrics   Prometheus text 0.0.4. An instance lives for a few requests or a few seconds, so counters of its own would mean
//                      nothing: what is exposed is what the parts say when asked. Request rates are nginx's to count.
//           /api/admin/health/, /api/admin/connections/   the same for staff, as data
#pragma once

#include <vector>

#include "functions/api/router.hpp"

namespace freshet::api {

[[nodiscard]] std::vector<Route> health_routes();

[[nodiscard]] Result<Response> alive(Request& request, Context& context);
[[nodiscard]] Result<Response> ready(Request& request, Context& context);
[[nodiscard]] Result<Response> metrics(Request& request, Context& context);
[[nodiscard]] Result<Response> admin_health(Request& request, Context& context);
[[nodiscard]] Result<Response> admin_connections(Request& request, Context& context);

}  // namespace freshet::api
