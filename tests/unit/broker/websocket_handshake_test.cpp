#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "broker/websocket/handshake.hpp"

using namespace freshet;
using namespace freshet::broker;
using namespace freshet::broker::websocket;

namespace {

Request request_with(const HeaderList& changed) {
  Request out;
  out.method = "GET";
  out.http_1_1 = true;
  out.headers = {{"Host", "x"},
                 {"Upgrade", "websocket"},
                 {"Connection", "keep-alive, Upgrade"},
                 {"Sec-WebSocket-Version", "13"},
                 {"Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="}};
  for (const auto& [name, value] : changed) {
    for (auto& header : out.headers) {
      if (header.first == name) header.second = value;
    }
  }
  return out;
}

}  // namespace

TEST_CASE("the key of RFC 6455 1.3 is accepted as it says") {
  CHECK(accept_key("dGhlIHNhbXBsZSBub25jZQ==") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
  const Handshake answer = answer_handshake(request_with({}), Compression::kOff);
  CHECK(answer.status == 101);
  CHECK(*find_header(answer.headers, "sec-websocket-accept") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
  CHECK(*find_header(answer.headers, "upgrade") == "websocket");
  CHECK(*find_header(answer.headers, "connection") == "Upgrade");
}

TEST_CASE("a request that is none for a WebSocket of version 13 is told what would be") {
  struct Row {
    HeaderList changed;
    std::uint16_t status;
  };
  for (const Row& row : std::vector<Row>{{{{"Upgrade", "WebSocket"}}, 101},
                                         {{{"Upgrade", "h2c, websocket"}}, 101},
                                         {{{"Connection", "UPGRADE"}}, 101},
                                         {{{"Upgrade", ""}}, 426},
                                         {{{"Upgrade", "websockets"}}, 426},
                                         {{{"Connection", "keep-alive"}}, 426},
                                         {{{"Sec-WebSocket-Version", "8"}}, 426},
                                         {{{"Sec-WebSocket-Version", "13, 8"}}, 426},
                                         {{{"Sec-WebSocket-Version", ""}}, 426},
                                         {{{"Sec-WebSocket-Key", ""}}, 400},
                                         {{{"Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ"}}, 400},
                                         {{{"Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZR=="}}, 400},
                                         {{{"Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25j-Q=="}}, 400},
                                         {{{"Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZSE="}}, 400}}) {
    CAPTURE(row.changed[0].first + ": " + row.changed[0].second);
    const Handshake answer = answer_handshake(request_with(row.changed), Compression::kOff);
    CHECK(answer.status == row.status);
    if (row.status == 426) CHECK(*find_header(answer.headers, "sec-websocket-version") == "13");
  }
  Request old = request_with({});
  old.http_1_1 = false;
  CHECK(answer_handshake(old, Compression::kOff).status == 426);
}

TEST_CASE("an offer of compression is taken when every word of it is known") {
  struct Row {
    std::string_view offer;
    bool taken;
  };
  for (const Row& row : std::vector<Row>{{"permessage-deflate", true},
                                         {"permessage-deflate; client_max_window_bits", true},
                                         {"permessage-deflate;client_max_window_bits=10;server_no_context_takeover", true},
                                         {"permessage-deflate; client_max_window_bits=\"10\"; client_no_context_takeover", true},
                                         {"permessage-deflate; server_max_window_bits=15", true},
                                         {"x-webkit-deflate-frame, permessage-deflate", true},
                                         {"permessage-deflate; server_max_window_bits=10, permessage-deflate", true},
                                         {"", false},
                                         {"permessage-bzip2", false},
                                         {"permessage-deflate; server_max_window_bits=10", false},
                                         {"permessage-deflate; server_max_window_bits", false},
                                         {"permessage-deflate; client_max_window_bits=7", false},
                                         {"permessage-deflate; client_max_window_bits=16", false},
                                         {"permessage-deflate; client_max_window_bits=08", false},
                                         {"permessage-deflate; client_no_context_takeover=1", false},
                                         {"permessage-deflate; client_no_context_takeover; client_no_context_takeover", false},
                                         {"permessage-deflate; level=9", false}}) {
    CAPTURE(row.offer);
    CHECK(offers_deflate(row.offer) == row.taken);
  }
}

TEST_CASE("compression is agreed on only when both want it, and offers may lie in several headers") {
  Request request = request_with({});
  request.headers.emplace_back("Sec-WebSocket-Extensions", "x-other");
  request.headers.emplace_back("sec-websocket-extensions", "permessage-deflate");
  CHECK(answer_handshake(request, Compression::kOff).compression == Compression::kOff);
  const Handshake answer = answer_handshake(request, Compression::kOn);
  CHECK(answer.compression == Compression::kOn);
  CHECK(*find_header(answer.headers, "sec-websocket-extensions") ==
        "permessage-deflate; server_no_context_takeover; client_no_context_takeover");
}
