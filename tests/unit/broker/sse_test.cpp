#include "broker/sse/sse.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "broker/sse/gzip.hpp"
#include "tests/support/gunzip.hpp"

using namespace freshet::broker;

TEST_CASE("an event is its fields and an empty line") {
  struct Row {
    sse::Event event;
    std::string bytes;
  };
  for (const Row& row : std::vector<Row>{{{"", "", "a"}, "data: a\n\n"},
                                         {{"e-1", "", "a"}, "id: e-1\ndata: a\n\n"},
                                         {{"e-1", "t", "a"}, "id: e-1\nevent: t\ndata: a\n\n"},
                                         {{"", "", ""}, "data: \n\n"},
                                         {{"", "", "a\nb"}, "data: a\ndata: b\n\n"},
                                         {{"", "", "a\r\nb\rc"}, "data: a\ndata: b\ndata: c\n\n"},
                                         {{"", "", "a\n"}, "data: a\ndata: \n\n"},
                                         {{"", "", "\n\n"}, "data: \ndata: \ndata: \n\n"},
                                         {{"", "", " a: b"}, "data:  a: b\n\n"}}) {
    std::string out;
    sse::append_event(out, row.event);
    CAPTURE(row.event.data);
    CHECK(out == row.bytes);
  }
}

TEST_CASE("the opening, the reset and the keep-alive carry the position as id and in their data") {
  CHECK(sse::encode_open("e-1") == "id: e-1\nevent: stream-open\ndata: {\"type\":\"stream-open\",\"position\":\"e-1\"}\n\n");
  CHECK(sse::encode_reset("e-1", "ahead") ==
        "id: e-1\nevent: stream-reset\ndata: {\"type\":\"stream-reset\",\"position\":\"e-1\",\"reason\":\"ahead\"}\n\n");
  CHECK(sse::encode_keep_alive("e-1") == "id: e-1\nevent: keep-alive\ndata: {\"type\":\"keep-alive\",\"position\":\"e-1\"}\n\n");
}

TEST_CASE("a goodbye says when to come back") {
  CHECK(sse::encode_goodbye(std::chrono::milliseconds(1500)) == "retry: 1500\n\n");
}

TEST_CASE("no proxy may keep or change a stream") {
  const auto headers = sse::stream_headers();
  CHECK(*freshet::find_header(headers, "content-type") == "text/event-stream");
  CHECK(*freshet::find_header(headers, "cache-control") == "no-store, no-transform");
  CHECK(*freshet::find_header(headers, "x-accel-buffering") == "no");
}

TEST_CASE("gzip is taken by who lists it, or everything, with a weight above 0") {
  for (const char* yes : {"gzip", "gzip, deflate, br, zstd", "br;q=1.0, gzip;q=0.8", "GZIP", "x-gzip", "*", "*;q=0.5", "deflate , gzip ; q=0.001"}) {
    CAPTURE(yes);
    CHECK(sse::takes_gzip(yes));
  }
  for (const char* no : {"", "identity", "br", "gzip;q=0", "gzip; q=0.000, *", "*;q=0", "gzipped", ",,", ";q=1"}) {
    CAPTURE(no);
    CHECK_FALSE(sse::takes_gzip(no));
  }
}

TEST_CASE("what a gzip stream says of itself is stored, whatever its length") {
  for (const std::size_t size : {0u, 1u, 65'534u, 65'535u, 65'536u, 200'000u}) {
    const std::string text(size, 'x');
    const std::string stored = sse::gzip_stored(text);
    CHECK(stored.size() == size + 5 * ((size + 65'534) / 65'535));
    CHECK(freshet::testing::gunzip(std::string(sse::kGzipHead) + stored) == text);
  }
}
