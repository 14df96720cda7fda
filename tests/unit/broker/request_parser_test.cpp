#include "broker/http/request_parser.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "shared/limits.hpp"

using namespace freshet::broker;
namespace limits = freshet::limits;

namespace {

struct Read {
  std::vector<Request> requests;
  Refusal refusal{0, ""};
};

void read_all(RequestParser& parser, Read& out) {
  for (;;) {
    Request request;
    const auto outcome = parser.next(request, out.refusal);
    if (outcome != RequestParser::Outcome::kRequest) return;
    out.requests.push_back(std::move(request));
  }
}

Read read_whole(const std::string& bytes) {
  Read out;
  RequestParser parser;
  parser.append(bytes);
  read_all(parser, out);
  return out;
}

// Cut in two at `at`; a parser that has refused is not fed again, as no caller does.
Read read_cut(const std::string& bytes, std::size_t at) {
  Read out;
  RequestParser parser;
  parser.append(bytes.substr(0, at));
  read_all(parser, out);
  if (out.refusal.status != 0) return out;
  parser.append(bytes.substr(at));
  read_all(parser, out);
  return out;
}

void check_same(const Read& a, const Read& b) {
  REQUIRE(a.requests.size() == b.requests.size());
  CHECK(a.refusal.status == b.refusal.status);
  for (std::size_t i = 0; i < a.requests.size(); ++i) {
    CHECK(a.requests[i].path == b.requests[i].path);
    CHECK(a.requests[i].query == b.requests[i].query);
    CHECK(a.requests[i].headers == b.requests[i].headers);
    CHECK(a.requests[i].keep_alive == b.requests[i].keep_alive);
  }
}

std::string get(const std::string& fields) { return "GET / HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n"; }

struct Row {
  std::string input;
  std::uint16_t status;  // 0: accepted
};

const std::vector<Row>& rows() {
  static const std::vector<Row> kRows{
      {get(""), 0},
      {get("A:b\r\nC: \t d \t\r\nE:\r\n"), 0},
      {"\r\n" + get(""), 0},
      {"\r\n\r\n" + get(""), 400},
      {get("") + get("Connection: close\r\n"), 0},
      {"GET /a?b=c&d HTTP/1.0\r\n\r\n", 0},
      {"GET http://host:80/path?q HTTP/1.1\r\nHost: other\r\n\r\n", 0},
      {"GET HTTP://host HTTP/1.1\r\nHost: host\r\n\r\n", 0},
      {"OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"GET example HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost: a,b\r\n\r\n", 400},
      {"GET  / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"GET /\tHTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {" GET / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"G(T / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"GET /a b HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"GET /\xC3\xA4 HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"GET /#x HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"GET /\x01 HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"GET / HTTP/1.1 \r\nHost: a\r\n\r\n", 400},
      {"GET / http/1.1\r\nHost: a\r\n\r\n", 400},
      {"GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505},
      {"GET / HTTP/1.2\r\nHost: a\r\n\r\n", 505},
      {"GET / HTTP/1.10\r\nHost: a\r\n\r\n", 400},
      {"GET /\r\n\r\n", 400},
      {"\x16\x03\x01\x02\r\n\r\n", 400},
      {get("A : b\r\n"), 400},
      {get(" A: b\r\n"), 400},
      {get("A: b\r\n c\r\n"), 400},
      {get("A: b\r\n\tc\r\n"), 400},
      {get("A\r\n"), 400},
      {get(": b\r\n"), 400},
      {get("A: b\nC: d\r\n"), 400},
      {get("A: b\rC: d\r\n"), 400},
      {get(std::string("A: b\0c\r\n", 8)), 400},
      {get("A: b\x7F\r\n"), 400},
      {get("A: \xFF\xFE\r\n"), 0},  // obs-text: what it means is for who reads the field
      {"GET / HTTP/1.1\nHost: a\n\n\r\n\r\n", 400},
      {get("Content-Length: 0\r\n"), 0},
      {get("Content-Length: 00\r\n"), 0},
      {get("Content-Length: 1\r\n"), 413},
      {get("Content-Length: 99999999999999999999999\r\n"), 413},
      {get("Content-Length: +1\r\n"), 400},
      {get("Content-Length: -1\r\n"), 400},
      {get("Content-Length: 0, 0\r\n"), 400},
      {get("Content-Length: \r\n"), 400},
      {get("Content-Length: 0x0\r\n"), 400},
      {get("Content-Length: 0\r\nContent-Length: 0\r\n"), 400},
      {get("Content-Length: 0\r\ncontent-length: 5\r\n"), 400},
      {get("Transfer-Encoding: chunked\r\n"), 413},
      {get("Transfer-Encoding: Chunked\r\n"), 413},
      {get("Transfer-Encoding: chunked\r\nContent-Length: 0\r\n"), 400},
      {get("Transfer-Encoding: gzip, chunked\r\n"), 400},
      {get("Transfer-Encoding: identity\r\n"), 400},
      {get("Transfer-Encoding: xchunked\r\n"), 400},
      {"GET / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
  };
  return kRows;
}

}  // namespace

TEST_CASE("a request is read with its path, query and headers") {
  const Read read = read_whole("GET /events/a/?lastEventId=x%2Dy&token=t HTTP/1.1\r\nHost: a:80\r\nLast-Event-ID:  abc-1 \r\n\r\n");
  REQUIRE(read.requests.size() == 1);
  const Request& request = read.requests[0];
  CHECK(request.method == "GET");
  CHECK(request.path == "/events/a/");
  CHECK(request.query == "lastEventId=x%2Dy&token=t");
  CHECK(request.header("last-event-id") == "abc-1");
  CHECK(request.header("absent") == "");
  CHECK(request.keep_alive);
}

TEST_CASE("a request is accepted or refused for what RFC 9112 says of it") {
  for (const Row& row : rows()) {
    CAPTURE(row.input);
    CHECK(read_whole(row.input).refusal.status == row.status);
    if (row.status == 0) CHECK(read_whole(row.input).requests.size() >= 1);
  }
}

TEST_CASE("where the bytes are cut changes nothing") {
  for (const Row& row : rows()) {
    CAPTURE(row.input);
    const Read whole = read_whole(row.input);
    for (std::size_t at = 0; at <= row.input.size(); ++at) {
      CAPTURE(at);
      check_same(read_cut(row.input, at), whole);
    }
  }
}

TEST_CASE("requests in one buffer are read one after the other") {
  const Read read = read_whole(get("N: 1\r\n") + get("N: 2\r\n") + "GET / HT");
  REQUIRE(read.requests.size() == 2);
  CHECK(read.requests[1].header("N") == "2");
  CHECK(read.refusal.status == 0);
}

TEST_CASE("a connection is kept alive by HTTP/1.1 until somebody says close") {
  CHECK(read_whole(get("")).requests.at(0).keep_alive);
  CHECK_FALSE(read_whole(get("Connection: close\r\n")).requests.at(0).keep_alive);
  CHECK_FALSE(read_whole(get("Connection: upgrade , Close\r\n")).requests.at(0).keep_alive);
  CHECK_FALSE(read_whole("GET / HTTP/1.0\r\n\r\n").requests.at(0).keep_alive);
}

TEST_CASE("an address of 8 KiB is read and one byte more is 414") {
  const auto with_target = [](std::size_t size) {
    return "GET /" + std::string(size - 1, 'a') + " HTTP/1.1\r\nHost: a\r\n\r\n";
  };
  CHECK(read_whole(with_target(limits::kUrlBytes)).requests.size() == 1);
  CHECK(read_whole(with_target(limits::kUrlBytes + 1)).refusal.status == 414);
  CHECK(read_whole(with_target(limits::kHeadersBytes * 2)).refusal.status == 414);
}

TEST_CASE("a head of 16 KiB is read and one byte more is 431, ended or not") {
  const std::size_t rest = get("A: \r\n").size();
  const auto with_size = [&](std::size_t size) { return get("A: " + std::string(size - rest, 'a') + "\r\n"); };
  CHECK(read_whole(with_size(limits::kHeadersBytes)).requests.size() == 1);
  CHECK(read_whole(with_size(limits::kHeadersBytes + 1)).refusal.status == 431);
  std::string endless = get("A: " + std::string(limits::kHeadersBytes, 'a'));
  CHECK(read_whole(endless.substr(0, limits::kHeadersBytes)).refusal.status == 431);
  CHECK(read_whole(endless.substr(0, limits::kHeadersBytes - 1)).refusal.status == 0);
}

TEST_CASE("a value of the query is decoded, and the first one counts") {
  struct Query {
    std::string_view query;
    std::string value;
  };
  for (const Query& row : std::vector<Query>{{"", ""},
                                             {"a=1", "1"},
                                             {"b=2&a=1&a=3", "1"},
                                             {"a", ""},
                                             {"aa=1", ""},
                                             {"a=x%2Dy+z", "x-y z"},
                                             {"%61=1", "1"},
                                             {"a=%2", "%2"},
                                             {"a=%zz%", "%zz%"},
                                             {"a=b=c", "b=c"},
                                             {"&&a=1", "1"}}) {
    CAPTURE(row.query);
    CHECK(query_value(row.query, "a") == row.value);
  }
}
