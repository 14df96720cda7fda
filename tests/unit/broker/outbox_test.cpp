#include "broker/fanout/outbox.hpp"

#include <doctest/doctest.h>

#include <array>
#include <string>

#include "tests/support/manual_clock.hpp"

using namespace freshet::broker;
using freshet::testing::SeededRandom;

namespace {

std::string content_of(const Outbox& outbox) {
  std::array<iovec, 1000> pieces;
  std::string out;
  for (std::size_t i = 0, count = outbox.gather(pieces); i < count; ++i) {
    out.append(static_cast<const char*>(pieces[i].iov_base), pieces[i].iov_len);
  }
  return out;
}

}  // namespace

TEST_CASE("an empty outbox has nothing to send and takes no memory beside itself") {
  Outbox outbox;
  CHECK(outbox.empty());
  CHECK(content_of(outbox) == "");
  CHECK(sizeof(Outbox) == sizeof(void*));
}

TEST_CASE("the limit of an outbox is reached exactly and never passed") {
  Outbox outbox;
  const Frame four = make_frame("abcd");
  CHECK(outbox.push(four, 0, 10) == PushOutcome::kQueued);
  CHECK(outbox.push(four, 0, 10) == PushOutcome::kQueued);
  CHECK(outbox.push(make_frame("xyz"), 0, 10) == PushOutcome::kSlowConsumer);
  CHECK(outbox.bytes_now() == 8);
  CHECK(outbox.push(make_frame("xy"), 0, 10) == PushOutcome::kQueued);
  CHECK(outbox.push(make_frame("x"), 0, 10) == PushOutcome::kSlowConsumer);
  CHECK(content_of(outbox) == "abcdabcdxy");
}

TEST_CASE("many small frames are too many before their bytes are") {
  Outbox outbox;
  const Frame small = make_frame("x");
  for (std::size_t i = 0; i < Outbox::kFramesMax; ++i) REQUIRE(outbox.push(small, 0, 1u << 20) == PushOutcome::kQueued);
  CHECK(outbox.push(small, 0, 1u << 20) == PushOutcome::kSlowConsumer);
  outbox.consume(1);
  CHECK(outbox.push(small, 0, 1u << 20) == PushOutcome::kQueued);
  CHECK(outbox.bytes_now() == Outbox::kFramesMax);
}

TEST_CASE("a frame that was sent in part goes on where it stopped") {
  Outbox outbox;
  REQUIRE(outbox.push(make_frame("abcd"), 3, 100) == PushOutcome::kQueued);
  REQUIRE(outbox.push(make_frame("efgh"), 0, 100) == PushOutcome::kQueued);
  CHECK(content_of(outbox) == "defgh");
  outbox.consume(3);
  CHECK(content_of(outbox) == "gh");
  outbox.consume(2);
  CHECK(outbox.empty());
}

TEST_CASE("an outbox lets go of a frame as soon as it has left") {
  Outbox outbox;
  Frame frame = make_frame("abcd");
  const std::weak_ptr<const std::string> watched = frame;
  REQUIRE(outbox.push(std::move(frame), 0, 100) == PushOutcome::kQueued);
  REQUIRE(outbox.push(make_frame("e"), 0, 100) == PushOutcome::kQueued);
  frame.reset();
  outbox.consume(4);
  CHECK(watched.expired());
}

TEST_CASE("an outbox is a queue of bytes, whatever the order of pushes and sends") {
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    CAPTURE(seed);
    SeededRandom random(seed);
    Outbox outbox;
    std::string model;
    for (int step = 0; step < 200; ++step) {
      if (random.below(2) == 0) {
        const std::string bytes(1 + random.below(20), static_cast<char>('a' + random.below(26)));
        const std::size_t sent = outbox.empty() ? random.below(bytes.size()) : 0;
        const bool fits = model.size() + bytes.size() - sent <= 200;
        CHECK((outbox.push(make_frame(bytes), sent, 200) == PushOutcome::kQueued) == fits);
        if (fits) model += bytes.substr(sent);
      } else {
        const std::size_t sent = random.below(model.size() + 1);
        outbox.consume(sent);
        model.erase(0, sent);
      }
      REQUIRE(outbox.bytes_now() == model.size());
      REQUIRE(outbox.empty() == model.empty());
      REQUIRE(content_of(outbox) == model);
    }
  }
}

TEST_CASE("an outbox that is given up keeps only the rest of the frame under way") {
  Outbox outbox;
  outbox.keep_started();
  CHECK(outbox.empty());
  REQUIRE(outbox.push(make_frame("abcd"), 3, 100) == PushOutcome::kQueued);
  REQUIRE(outbox.push(make_frame("efgh"), 0, 100) == PushOutcome::kQueued);
  REQUIRE(outbox.push(make_frame("ijkl"), 0, 100) == PushOutcome::kQueued);
  outbox.consume(2);
  outbox.keep_started();
  CHECK(content_of(outbox) == "fgh");
  CHECK(outbox.bytes_now() == 3);
  REQUIRE(outbox.push(make_frame("!"), 0, 4) == PushOutcome::kQueued);
  CHECK(content_of(outbox) == "fgh!");
  outbox.consume(4);
  REQUIRE(outbox.push(make_frame("whole"), 0, 100) == PushOutcome::kQueued);
  outbox.keep_started();
  CHECK(outbox.empty());
}
