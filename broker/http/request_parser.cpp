#include "broker/http/request_parser.hpp"

#include <algorithm>
#include <optional>

#include "shared/limits.hpp"

namespace freshet::broker {
namespace {

constexpr std::string_view kLineEnd = "\r\n";
constexpr std::string_view kHeadEnd = "\r\n\r\n";

// RFC 9110 5.6.2
bool is_token_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}
bool is_token(std::string_view text) { return !text.empty() && std::all_of(text.begin(), text.end(), is_token_char); }

// RFC 9110 5.5: visible characters, obs-text, space and tab.
bool is_value_char(char c) { return c == '\t' || (static_cast<unsigned char>(c) >= 0x20 && c != 0x7F); }
bool is_target_char(char c) { return c > 0x20 && c < 0x7F && c != '#'; }
bool is_host_char(char c) { return is_target_char(c) && c != '/' && c != '?' && c != '@' && c != '\\' && c != ','; }

using Failure = std::optional<Refusal>;
Failure refuse(std::uint16_t status, std::string reason) { return Refusal{status, std::move(reason)}; }

// `http://host/path` as proxies are sent it; the host of the target counts, RFC 9112 3.2.2.
std::string_view origin_form(std::string_view target) {
  const std::string_view scheme = "http://";
  if (!ascii_iequals(target.substr(0, scheme.size()), scheme)) return target;
  const auto path = target.find('/', scheme.size());
  return path == std::string_view::npos ? std::string_view("/") : target.substr(path);
}

Failure read_request_line(std::string_view line, Request& request) {
  const auto first = line.find(' ');
  const auto last = line.rfind(' ');
  if (first == std::string_view::npos || first == last) return refuse(400, "a request line has a method, a target and a version");
  const auto method = line.substr(0, first);
  const auto target = line.substr(first + 1, last - first - 1);
  const auto version = line.substr(last + 1);
  if (!is_token(method)) return refuse(400, "the method is not a token");
  if (version != "HTTP/1.1" && version != "HTTP/1.0") {
    const bool other = version.starts_with("HTTP/") && version.size() == 8;
    return other ? refuse(505, "only HTTP/1.1 and HTTP/1.0 are spoken here") : refuse(400, "the version is not HTTP/1.1");
  }
  if (target.size() > limits::kUrlBytes) return refuse(414, "the address is longer than 8 KiB");
  if (!std::all_of(target.begin(), target.end(), is_target_char)) return refuse(400, "the target holds characters that must be encoded");
  const auto origin = origin_form(target);
  if (!origin.starts_with('/')) return refuse(400, "the target must begin with a slash");
  const auto mark = origin.find('?');
  request.method = method;
  request.path = origin.substr(0, mark);
  request.query = mark == std::string_view::npos ? std::string_view() : origin.substr(mark + 1);
  request.http_1_1 = version == "HTTP/1.1";
  request.keep_alive = request.http_1_1;
  return std::nullopt;
}

Failure read_field(std::string_view line, Request& request) {
  const auto colon = line.find(':');
  if (colon == std::string_view::npos) return refuse(400, "a header line has no colon");
  const auto name = line.substr(0, colon);
  const auto value = trim(line.substr(colon + 1));
  if (!is_token(name)) return refuse(400, "a header's name is not a token");  // a folded line and `Name :` end here too
  if (!std::all_of(value.begin(), value.end(), is_value_char)) return refuse(400, "a header's value holds control characters");
  request.headers.emplace_back(name, value);
  return std::nullopt;
}

std::size_t count_of(const HeaderList& headers, std::string_view name) {
  return static_cast<std::size_t>(
      std::count_if(headers.begin(), headers.end(), [&](const auto& header) { return ascii_iequals(header.first, name); }));
}

// RFC 9112 6.3. Nothing here takes a body.
Failure check_body(const Request& request) {
  const auto lengths = count_of(request.headers, "content-length");
  if (count_of(request.headers, "transfer-encoding") > 0) {
    const bool ambiguous = lengths > 0 || !request.http_1_1 || !ascii_iequals(request.header("transfer-encoding"), "chunked");
    return ambiguous ? refuse(400, "the length of the body is ambiguous") : refuse(413, "no body is taken here");
  }
  if (lengths == 0) return std::nullopt;
  const auto length = request.header("content-length");
  const bool number = !length.empty() && std::all_of(length.begin(), length.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (lengths > 1 || !number) return refuse(400, "Content-Length is one decimal number");
  if (length.find_first_not_of('0') != std::string_view::npos) return refuse(413, "no body is taken here");
  return std::nullopt;
}

Failure check_fields(Request& request) {
  const auto hosts = count_of(request.headers, "host");
  if (hosts > 1 || (hosts == 0 && request.http_1_1)) return refuse(400, "a request has one Host");
  const auto host = request.header("host");
  if (!std::all_of(host.begin(), host.end(), is_host_char)) return refuse(400, "Host is not a name and a port");
  if (auto failure = check_body(request)) return failure;
  if (lists(request.header("connection"), "close")) request.keep_alive = false;
  return std::nullopt;
}

Failure read_head(std::string_view head, Request& request) {
  auto end = head.find(kLineEnd);
  // A bare CR or LF cannot be part of a token, a target or a value, so each is refused where it stands.
  if (auto failure = read_request_line(head.substr(0, end), request)) return failure;
  while (end != std::string_view::npos) {
    head.remove_prefix(end + kLineEnd.size());
    end = head.find(kLineEnd);
    if (auto failure = read_field(head.substr(0, end), request)) return failure;
  }
  return check_fields(request);
}

Refusal too_long(std::string_view buffer) {
  const auto line = buffer.substr(0, buffer.find(kLineEnd));
  if (line.size() > limits::kUrlBytes + 64) return Refusal{414, "the address is longer than 8 KiB"};
  return Refusal{431, "the head of the request is larger than 16 KiB"};
}

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = ascii_lower(c);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

std::string percent_decode(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && hex_value(text[i + 1]) >= 0 && hex_value(text[i + 2]) >= 0) {
      out += static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2]));
      i += 2;
    } else {
      out += text[i] == '+' ? ' ' : text[i];
    }
  }
  return out;
}

}  // namespace

RequestParser::Outcome RequestParser::next(Request& request, Refusal& refusal) {
  if (!skipped_empty_line_ && buffer_.starts_with(kLineEnd)) {
    buffer_.erase(0, kLineEnd.size());
    skipped_empty_line_ = true;
  }
  const auto from = searched_ < kHeadEnd.size() ? 0 : searched_ - (kHeadEnd.size() - 1);
  const auto end = buffer_.find(kHeadEnd, from);
  const bool complete = end != std::string::npos;
  if (complete ? end + kHeadEnd.size() > limits::kHeadersBytes : buffer_.size() >= limits::kHeadersBytes) {
    refusal = too_long(buffer_);
    return Outcome::kRefused;
  }
  if (!complete) {
    searched_ = buffer_.size();
    return Outcome::kMore;
  }
  request = Request{};
  const auto failure = read_head(std::string_view(buffer_).substr(0, end), request);
  if (failure) {
    refusal = *failure;
    return Outcome::kRefused;
  }
  buffer_.erase(0, end + kHeadEnd.size());
  searched_ = 0;
  skipped_empty_line_ = false;
  return Outcome::kRequest;
}

bool lists(std::string_view value, std::string_view option) {
  while (!value.empty()) {
    const auto comma = value.find(',');
    if (ascii_iequals(trim(value.substr(0, comma)), option)) return true;
    value = comma == std::string_view::npos ? std::string_view() : value.substr(comma + 1);
  }
  return false;
}

std::string query_value(std::string_view query, std::string_view name) {
  while (!query.empty()) {
    const auto end = query.find('&');
    const auto pair = query.substr(0, end);
    const auto equals = pair.find('=');
    if (percent_decode(pair.substr(0, equals)) == name) {
      return equals == std::string_view::npos ? std::string() : percent_decode(pair.substr(equals + 1));
    }
    query = end == std::string_view::npos ? std::string_view() : query.substr(end + 1);
  }
  return {};
}

}  // namespace freshet::broker
