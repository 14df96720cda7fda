#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "broker/websocket/encoder.hpp"

using namespace freshet::broker::websocket;
using namespace std::string_literals;

TEST_CASE("the length of a frame is written as short as it can be") {
  struct Row {
    std::size_t length;
    std::string head;
  };
  for (const Row& row : std::vector<Row>{{0, "\x81\x00"s},
                                         {125, "\x81\x7D"s},
                                         {126, "\x81\x7E\x00\x7E"s},
                                         {65'535, "\x81\x7E\xFF\xFF"s},
                                         {65'536, "\x81\x7F\x00\x00\x00\x00\x00\x01\x00\x00"s}}) {
    CAPTURE(row.length);
    const std::string payload(row.length, 'a');
    CHECK(encode_text(payload) == row.head + payload);
  }
}

TEST_CASE("the frames of RFC 6455 5.7") {
  std::string ping;
  append_frame(ping, Opcode::kPing, "Hello");
  CHECK(ping == "\x89\x05Hello");
  CHECK(encode_text("Hello") == "\x81\x05Hello");
  CHECK(encode_close(1000, "") == "\x88\x02\x03\xE8");
  CHECK(encode_close(1013, "slow") == "\x88\x06\x03\xF5slow");
  CHECK(encode_close(close::kNone, "") == "\x88\x00"s);
}

TEST_CASE("a compressed frame says so, and one that would be longer is not compressed") {
  Deflater deflater;
  const std::string json = R"({"type":"course_updated","course":{"title":"title title title title"}})";
  const std::string frame = encode_text_deflated(json, deflater);
  CHECK(frame[0] == '\xC1');
  CHECK(frame.size() < json.size());
  Inflater inflater;
  std::string out;
  CHECK(inflater.inflate(frame.substr(2), out, 1000) == Inflater::Outcome::kDone);
  CHECK(out == json);
  CHECK(encode_text_deflated("{}", deflater) == encode_text("{}"));
}
