#include "broker/http/response.hpp"

#include "shared/json.hpp"

namespace freshet::broker {
namespace {

std::string_view reason_phrase(std::uint16_t status) {
  switch (status) {
    case 101:
      return "Switching Protocols";
    case 200:
      return "OK";
    case 204:
      return "No Content";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 408:
      return "Request Timeout";
    case 413:
      return "Content Too Large";
    case 414:
      return "URI Too Long";
    case 426:
      return "Upgrade Required";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 503:
      return "Service Unavailable";
    case 505:
      return "HTTP Version Not Supported";
    default:
      return "";
  }
}

std::string encode_head(std::uint16_t status, const HeaderList& headers) {
  std::string out = "HTTP/1.1 " + std::to_string(status);
  out.append(" ").append(reason_phrase(status)).append("\r\n");
  for (const auto& [name, value] : headers) out.append(name).append(": ").append(value).append("\r\n");
  return out;
}

}  // namespace

std::string encode_stream_head(std::uint16_t status, const HeaderList& headers) {
  return encode_head(status, headers) + "Connection: close\r\n\r\n";
}

std::string encode_upgrade_head(const HeaderList& headers) { return encode_head(101, headers) + "\r\n"; }

std::string encode_response(const Response& response, After after, Body body) {
  std::string out = encode_head(response.status, response.headers);
  if (response.status != 204) out += "Content-Length: " + std::to_string(response.body.size()) + "\r\n";
  out += after == After::kClose ? "Connection: close\r\n\r\n" : "Connection: keep-alive\r\n\r\n";
  if (body == Body::kSent) out += response.body;
  return out;
}

Response make_json(std::uint16_t status, std::string body) {
  return Response{status, {{"Content-Type", "application/json"}, {"Cache-Control", "no-store"}}, std::move(body)};
}

Response make_problem(std::uint16_t status, std::string_view name, std::string_view title, std::string_view detail) {
  Response response{status, {{"Content-Type", "application/problem+json"}, {"Cache-Control", "no-store"}}, {}};
  JsonWriter(response.body)
      .begin_object()
      .field("type", "urn:freshet:problem:" + std::string(name))
      .field("title", title)
      .key("status")
      .number(status)
      .field("detail", detail)
      .end_object();
  return response;
}

Response make_problem(const Error& error) {
  const ErrcInfo& row = info(error.code);
  Response response = make_problem(row.http_status, row.name, row.title, error.detail);
  if (row.retry == Retry::kLater) response.headers.emplace_back("Retry-After", std::to_string(error.retry_after_s));
  if (error.code == Errc::kUnauthenticated) response.headers.emplace_back("WWW-Authenticate", "Bearer");
  return response;
}

}  // namespace freshet::broker
