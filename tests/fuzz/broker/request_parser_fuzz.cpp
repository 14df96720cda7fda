// Any bytes: read whole and read byte by byte, the parser says the same, and what it accepts can be written down and read again.
#include <string>
#include <string_view>
#include <vector>

#include "broker/http/request_parser.hpp"
#include "shared/check.hpp"
#include "shared/limits.hpp"

using namespace freshet::broker;

namespace {

struct Read {
  std::vector<Request> requests;
  std::uint16_t refused = 0;
};

void take(RequestParser& parser, Read& out) {
  for (;;) {
    Request request;
    Refusal refusal;
    const auto outcome = parser.next(request, refusal);
    if (outcome == RequestParser::Outcome::kRefused) out.refused = refusal.status;
    if (outcome != RequestParser::Outcome::kRequest) return;
    out.requests.push_back(std::move(request));
  }
}

Read read_in_pieces(std::string_view bytes, std::size_t piece) {
  Read out;
  RequestParser parser;
  while (!bytes.empty() && out.refused == 0) {
    parser.append(bytes.substr(0, piece));
    bytes.remove_prefix(std::min(piece, bytes.size()));
    take(parser, out);
    FRESHET_CHECK(parser.buffered() < freshet::limits::kHeadersBytes + piece);
  }
  return out;
}

void check_same(const Read& a, const Read& b) {
  FRESHET_CHECK(a.requests.size() == b.requests.size() && a.refused == b.refused);
  for (std::size_t i = 0; i < a.requests.size(); ++i) {
    FRESHET_CHECK(a.requests[i].path == b.requests[i].path && a.requests[i].headers == b.requests[i].headers);
  }
}

// What the parser understood, said plainly, must be understood in the same way: no second reading.
void check_reading(const Request& request) {
  std::string text = request.method + " " + request.path + (request.query.empty() ? "" : "?" + request.query) + " HTTP/1.1\r\n";
  for (const auto& [name, value] : request.headers) text += name + ": " + value + "\r\n";
  if (request.header("host").empty() && freshet::find_header(request.headers, "host") == nullptr) text += "Host: x\r\n";
  if (text.size() + 2 > freshet::limits::kHeadersBytes) return;
  const Read again = read_in_pieces(text + "\r\n", 1 << 20);
  if (again.refused != 0) return;  // HTTP/1.0 allows what HTTP/1.1 does not
  FRESHET_CHECK(again.requests.size() == 1 && again.requests[0].path == request.path && again.requests[0].query == request.query);
  for (std::size_t i = 0; i < request.headers.size(); ++i) FRESHET_CHECK(again.requests[0].headers[i] == request.headers[i]);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const Read whole = read_in_pieces(bytes, size + 1);
  check_same(whole, read_in_pieces(bytes, 1));
  check_same(whole, read_in_pieces(bytes, 7));
  for (const Request& request : whole.requests) {
    check_reading(request);
    static_cast<void>(query_value(request.query, "lastEventId"));
  }
  return 0;
}
