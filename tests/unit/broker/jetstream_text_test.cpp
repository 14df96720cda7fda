#include "broker/log/jetstream_text.hpp"

#include <doctest/doctest.h>

using namespace freshet;
using namespace freshet::broker;

TEST_CASE("an acknowledgement subject is read in both shapes") {
  for (const std::string_view subject : {"$JS.ACK.LOG.broker-x-1.1.42.7.1700000000000000000.3",
                                         "$JS.ACK.hub.ACCHASH.LOG.broker-x-1.1.42.7.1700000000000000000.3",
                                         "$JS.ACK.hub.ACCHASH.LOG.broker-x-1.1.42.7.1700000000000000000.3.random"}) {
    CAPTURE(subject);
    const auto delivered = parse_ack_subject(subject);
    REQUIRE(delivered.has_value());
    CHECK(delivered->consumer == "broker-x-1");
    CHECK(delivered->stream_sequence == StreamSequence{42});
    CHECK(delivered->consumer_sequence == 7);
  }
}

TEST_CASE("a subject that is no acknowledgement is told apart") {
  for (const std::string_view subject : {"", "_INBOX.x", "$JS.ACK", "$JS.ACK.LOG.c.1.x.7.1.3", "$JS.ACK.LOG.c.1.42.7",
                                         "$JS.FC.LOG.c.abcd", "$JS.ACK.LOG.c.1.99999999999999999999.7.1.3"}) {
    CAPTURE(subject);
    CHECK_FALSE(parse_ack_subject(subject).has_value());
  }
}

TEST_CASE("the state of a stream is read from STREAM.INFO, and an error is none") {
  const auto state = parse_stream_info(R"({"config":{},"state":{"messages":2,"first_seq":3,"last_seq":9}})");
  REQUIRE(state.has_value());
  CHECK(state->first == StreamSequence{3});
  CHECK(state->last == StreamSequence{9});
  for (const std::string_view bad : {"", "{}", "[]", R"({"error":{"code":404}})", R"({"state":[]})", R"({"state":{"first_seq":1}})",
                                     R"({"state":{"first_seq":"1","last_seq":2}})", R"({"state":{"first_seq":-1,"last_seq":2}})"}) {
    CAPTURE(bad);
    CHECK_FALSE(parse_stream_info(bad).has_value());
  }
}
