#include "functions/store/service_info.hpp"

#include <algorithm>
#include <array>

#include "shared/json.hpp"
#include "shared/position.hpp"
#include "shared/text.hpp"

namespace freshet::store {
namespace {

// Names that askers may choose do not become endpoints: their number would be theirs to choose.
constexpr std::array<std::string_view, 8> kEndpoints{"articles.list", "articles.latest", "articles.get", "categories.list",
                                                     "users.list",    "users.get",       "groups.list",  "health"};

void append_endpoint_name(JsonWriter& writer, std::string_view name) {
  std::string flat(name);
  std::replace(flat.begin(), flat.end(), '.', '-');  // an endpoint's name has no dots
  writer.field("name", flat).field("subject", std::string(kQueryPrefix) + std::string(name)).field("queue_group", kServiceName);
}

}  // namespace

ServiceInfo::Endpoint& ServiceInfo::endpoint(std::string_view name) {
  const bool known = std::find(kEndpoints.begin(), kEndpoints.end(), name) != kEndpoints.end();
  const std::string_view kept = known ? name : std::string_view("other");
  const auto found = endpoints_.find(kept);
  return found != endpoints_.end() ? found->second : endpoints_[std::string(kept)];
}

void ServiceInfo::count(std::string_view name, std::chrono::nanoseconds took) {
  Endpoint& one = endpoint(name);
  ++one.requests;
  one.processing += took;
}

void ServiceInfo::count_error(std::string_view name, std::chrono::nanoseconds took, std::string_view what) {
  count(name, took);
  Endpoint& one = endpoint(name);
  ++one.errors;
  one.last_error = what;
}

std::optional<std::string> ServiceInfo::answer(std::string_view subject) const {
  constexpr std::string_view kPrefix = "$SRV.";
  if (!subject.starts_with(kPrefix)) return std::nullopt;
  subject.remove_prefix(kPrefix.size());
  const auto verb = subject.substr(0, subject.find('.'));
  const auto target = verb.size() < subject.size() ? subject.substr(verb.size() + 1) : std::string_view();
  if (verb != "PING" && verb != "INFO" && verb != "STATS") return std::nullopt;
  const std::string self = std::string(kServiceName) + '.' + id_;
  if (!target.empty() && target != kServiceName && target != self) return std::nullopt;
  return describe(verb);
}

std::string ServiceInfo::describe(std::string_view verb) const {
  std::string out;
  JsonWriter writer(out);
  writer.begin_object().field("type", "io.nats.micro.v1." + ascii_lower(verb) + "_response").field("name", kServiceName).field("id", id_);
  writer.field("version", std::to_string(kProjectionVersion) + ".0.0").key("metadata").begin_object().end_object();
  if (verb == "INFO") {
    writer.field("description", "Freshet's read model: answers from the log, at a position").key("endpoints").begin_array();
    for (const std::string_view name : kEndpoints) {
      writer.begin_object();
      append_endpoint_name(writer, name);
      writer.key("metadata").begin_object().end_object().end_object();
    }
    writer.end_array();
  } else if (verb == "STATS") {
    writer.field("started", format_time(started_)).key("endpoints").begin_array();
    for (const auto& [name, one] : endpoints_) {
      writer.begin_object();
      append_endpoint_name(writer, name);
      const auto average = one.requests == 0 ? 0 : one.processing.count() / static_cast<std::int64_t>(one.requests);
      writer.key("num_requests")
          .number(static_cast<std::int64_t>(one.requests))
          .key("num_errors")
          .number(static_cast<std::int64_t>(one.errors));
      writer.field("last_error", one.last_error)
          .key("processing_time")
          .number(one.processing.count())
          .key("average_processing_time")
          .number(average);
      writer.end_object();
    }
    writer.end_array();
  }
  writer.end_object();
  return out;
}

}  // namespace freshet::store
