#include "infra/cli/http.hpp"

#include <charconv>

#include "infra/cli/posix_transport.hpp"
#include "shared/text.hpp"

namespace freshet::cli {
namespace {

constexpr std::size_t kAnswerBytesMax = 8 * 1024 * 1024;

struct Site {
  std::string host;
  std::uint16_t port = 80;
  std::string authority;
};

Result<Site> site_of(std::string_view url) {
  constexpr std::string_view scheme = "http://";
  const Error malformed{Errc::kInvalidArgument, "--url takes http://HOST[:PORT], HOST an IP address or localhost, not " + std::string(url)};
  if (!url.starts_with(scheme)) return malformed;
  Site site;
  const std::string_view authority = url.substr(scheme.size(), url.find('/', scheme.size()) - scheme.size());
  site.authority = authority;
  const std::size_t colon = authority.rfind(':');
  const bool has_port = colon != std::string_view::npos && authority.find(']', colon) == std::string_view::npos;
  site.host = authority.substr(0, has_port ? colon : authority.size());
  if (site.host.starts_with('[') && site.host.ends_with(']')) site.host = site.host.substr(1, site.host.size() - 2);
  if (has_port) {
    const std::string_view port = authority.substr(colon + 1);
    const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), site.port);
    if (error != std::errc{} || end != port.data() + port.size()) return malformed;
  }
  return site;
}

std::string head_of(const HttpRequest& request, const Site& site) {
  std::string head = std::string(request.method) + ' ' + std::string(request.path) + " HTTP/1.1\r\nHost: " + site.authority + "\r\nConnection: close\r\n";
  for (const auto& [name, value] : request.headers) head += name + ": " + value + "\r\n";
  if (!request.body.empty()) head += "Content-Length: " + std::to_string(request.body.size()) + "\r\n";
  return head + "\r\n";
}

Result<HttpAnswer> parse_head(std::string_view head) {
  HttpAnswer answer;
  const std::size_t line_end = head.find("\r\n");
  const std::string_view line = head.substr(0, line_end);
  if (!line.starts_with("HTTP/1.") || line.size() < 12 ||
      std::from_chars(line.data() + 9, line.data() + 12, answer.status).ec != std::errc{}) {
    return Error{Errc::kUnavailable, "the site did not answer in HTTP"};
  }
  head.remove_prefix(std::min(line_end + 2, head.size()));
  while (!head.empty()) {
    const std::size_t end = std::min(head.find("\r\n"), head.size());
    const std::string_view field = head.substr(0, end);
    const std::size_t colon = std::min(field.find(':'), field.size());
    answer.headers.emplace_back(field.substr(0, colon), trim(field.substr(std::min(colon + 1, field.size()))));
    head.remove_prefix(std::min(end + 2, head.size()));
  }
  return answer;
}

// The chunks that are whole.
std::string join_chunks(std::string_view bytes) {
  std::string body;
  while (true) {
    const std::size_t line_end = bytes.find("\r\n");
    std::size_t size = 0;
    if (line_end == std::string_view::npos || std::from_chars(bytes.data(), bytes.data() + line_end, size, 16).ec != std::errc{} || size == 0 ||
        size > bytes.size() - line_end - 2) {
      return body;
    }
    body.append(bytes.substr(line_end + 2, size));
    bytes.remove_prefix(std::min(line_end + 2 + size + 2, bytes.size()));
  }
}

bool chunked(const HttpAnswer& answer) {
  const std::string* coding = find_header(answer.headers, "transfer-encoding");
  return coding != nullptr && ascii_lower(*coding).find("chunked") != std::string::npos;
}

}  // namespace

Result<HttpAnswer> http(const Clock& clock, std::string_view url, const HttpRequest& request, std::chrono::milliseconds timeout, Read read) {
  FRESHET_TRY(site, site_of(url));
  const SteadyTime deadline = clock.steady() + timeout;
  nats::PosixTransport transport(clock);
  FRESHET_TRY_VOID(transport.connect(site.host, site.port, deadline));
  FRESHET_TRY_VOID(transport.write_all(head_of(request, site) + std::string(request.body), deadline));
  std::string bytes;
  std::size_t head_end = std::string::npos;
  bool ended = false;
  while (!ended && bytes.size() < kAnswerBytesMax) {
    char piece[16 * 1024];
    const auto count = transport.read_some(piece, deadline);
    if (count.ok() && *count == 0) return Error{Errc::kUnavailable, "no answer from " + std::string(url) + " in time"};
    if (count.ok()) bytes.append(piece, *count);
    ended = !count.ok();
    if (head_end == std::string::npos) head_end = bytes.find("\r\n\r\n");
    if (read == Read::kFirstBytes && head_end != std::string::npos && bytes.size() > head_end + 4) break;
  }
  if (head_end == std::string::npos) return Error{Errc::kUnavailable, "the site closed the connection without an answer"};
  FRESHET_TRY(answer, parse_head(std::string_view(bytes).substr(0, head_end)));
  const std::string_view body = std::string_view(bytes).substr(head_end + 4);
  answer.body = chunked(answer) ? join_chunks(body) : std::string(body);
  return answer;
}

}  // namespace freshet::cli
