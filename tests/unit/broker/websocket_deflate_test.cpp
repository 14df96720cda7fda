#include <doctest/doctest.h>

#include <string>

#include "broker/websocket/deflate.hpp"

using namespace freshet::broker::websocket;
using Outcome = Inflater::Outcome;
using namespace std::string_literals;

TEST_CASE("the examples of RFC 7692 inflate to what it says") {
  Inflater inflater;
  for (const std::string& message : {"\xF2\x48\xCD\xC9\xC9\x07\x00"s, "\x00\x05\x00\xFA\xFF\x48\x65\x6C\x6C\x6F\x00"s,
                                     "\xF3\x48\xCD\xC9\xC9\x07\x00\x00"s, "\xF2\x48\x05\x00\x00\x00\xFF\xFF\xCA\xC9\xC9\x07\x00"s}) {
    std::string out;
    CHECK(inflater.inflate(message, out, 5) == Outcome::kDone);
    CHECK(out == "Hello");
  }
}

TEST_CASE("what is deflated inflates again, message after message, each on its own") {
  Deflater deflater;
  Inflater inflater;
  for (const std::size_t size : {0u, 1u, 100u, 65'536u}) {
    const std::string message(size, 'x');
    const std::string deflated = deflater.deflate(message);
    CHECK(deflated == deflater.deflate(message));  // nothing is remembered of the message before
    std::string out;
    CHECK(inflater.inflate(deflated, out, 65'536) == Outcome::kDone);
    CHECK(out == message);
  }
}

TEST_CASE("a small message that inflates to a large one ends at the limit") {
  Deflater deflater;
  Inflater inflater;
  const std::string bomb = deflater.deflate(std::string(50'000'000, 'x'));
  CHECK(bomb.size() < 500'000);
  std::string out;
  CHECK(inflater.inflate(bomb, out, 65'536) == Outcome::kTooBig);
  CHECK(out.size() < 65'536 + 17'000);
  CHECK(inflater.inflate(deflater.deflate(std::string(65'536, 'x')), out, 65'536) == Outcome::kDone);
  CHECK(inflater.inflate(deflater.deflate(std::string(65'537, 'x')), out, 65'536) == Outcome::kTooBig);
}

TEST_CASE("bytes that were never deflated are broken, and the next message is not") {
  Inflater inflater;
  std::string out;
  for (const std::string& message : {"\xFF\xFF\xFF"s, "\xF3\x48\xCD\xC9\xC9\x07\x00\x00more"s, "\x06"s}) {
    CAPTURE(message);
    CHECK(inflater.inflate(message, out, 100) == Outcome::kBroken);
  }
  CHECK(inflater.inflate("\xF2\x48\xCD\xC9\xC9\x07\x00"s, out, 100) == Outcome::kDone);
}
