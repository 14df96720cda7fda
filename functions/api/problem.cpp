#include "functions/api/problem.hpp"

namespace freshet::api {

Response problem(const Error& error) { return problem_with(error, {}, {}); }

Response problem_with(const Error& error, std::string_view member, std::string_view json) {
  const ErrcInfo& what = info(error.code);
  Response response;
  response.status = what.http_status;
  response.set("content-type", "application/problem+json").set("cache-control", "no-store");
  if (what.retry == Retry::kLater) response.set("retry-after", std::to_string(error.retry_after_s));
  if (error.code == Errc::kUnauthenticated) response.set("www-authenticate", "Bearer realm=\"freshet\"");

  JsonWriter writer(response.body);
  writer.begin_object().field("type", std::string("urn:freshet:problem:") + what.name).field("title", what.title);
  writer.key("status").number(what.http_status).field("detail", error.detail);
  if (!error.fields.empty()) {
    writer.key("errors").begin_object();
    for (const auto& [name, reasons] : error.fields) {
      writer.key(name).begin_array();
      for (const std::string& reason : reasons) writer.text(reason);
      writer.end_array();
    }
    writer.end_object();
  }
  if (!member.empty()) writer.key(member).raw(json);
  writer.end_object();
  return response;
}

}  // namespace freshet::api
