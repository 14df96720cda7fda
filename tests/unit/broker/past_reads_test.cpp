#include "broker/log/past_reads.hpp"

#include <doctest/doctest.h>

#include "shared/json.hpp"

using namespace freshet;
using namespace freshet::broker;
using namespace std::chrono_literals;

namespace {

class Wire final : public NatsWire {
 public:
  std::string_view inbox() const override { return "_INBOX.b"; }
  void receive_deliveries(std::string_view) override {}
  void publish(std::string_view subject, std::string_view reply, std::string_view payload) override {
    CHECK(subject == "$JS.API.DIRECT.GET.LOG");
    replies.emplace_back(reply);
    asked.push_back(*parse_json_object(payload));
  }
  std::vector<std::string> replies;
  std::vector<Json> asked;
};

struct World {
  Wire wire;
  std::vector<std::string> taken;
  PastReads reads{wire, {"log.token.*", "log.user.*"}, [this](std::string_view subject, std::string_view) { taken.emplace_back(subject); }};
  SteadyTime now{100s};

  void connect() { reads.on_connected(WallTime(1'700'000'000'000ms), now); }
  void message(std::uint64_t sequence, std::uint64_t before, const std::string& subject) {
    const HeaderList headers{{"Nats-Sequence", std::to_string(sequence)}, {"Nats-Last-Sequence", std::to_string(before)}, {"Nats-Subject", subject}};
    CHECK(reads.on_message({wire.replies.back(), "", headers, "{}"}, now));
  }
  void status(const std::string& code, const std::string& pending) {
    CHECK(reads.on_message({wire.replies.back(), "", {{"Status", code}, {"Nats-Num-Pending", pending}}, ""}, now));
  }
};

}  // namespace

TEST_CASE("each filter is read from the time on, page by page, and then it is done") {
  World world;
  world.connect();
  CHECK(*json_text(world.wire.asked[0], "next_by_subj") == "log.token.*");
  CHECK(*json_text(world.wire.asked[0], "start_time") == "2023-11-14T22:13:20.000Z");
  world.message(5, 0, "log.token.a");
  world.message(9, 5, "log.token.b");
  world.status("204", "1");
  CHECK(json_integer(world.wire.asked[1], "seq") == 10);
  world.message(12, 0, "log.token.c");
  world.status("204", "0");
  CHECK(*json_text(world.wire.asked[2], "next_by_subj") == "log.user.*");
  CHECK(json_text(world.wire.asked[2], "start_time") != nullptr);
  CHECK_FALSE(world.reads.done());
  world.status("404", "");
  CHECK(world.reads.done());
  CHECK(world.taken == std::vector<std::string>{"log.token.a", "log.token.b", "log.token.c"});
  world.connect();
  CHECK(world.wire.asked.size() == 3);
}

TEST_CASE("a gap, silence and a lost connection are asked again from what was handed over") {
  World world;
  world.connect();
  world.message(5, 0, "log.token.a");
  world.message(9, 7, "log.token.b");  // 7 is missing
  CHECK(json_integer(world.wire.asked.back(), "seq") == 6);
  CHECK(world.reads.on_message({"_INBOX.b.past.1", "", {{"Nats-Sequence", "7"}}, "{}"}, world.now));  // of the attempt before
  world.now += PastReads::kPatience;
  world.reads.on_tick(world.now);
  CHECK(world.wire.asked.size() == 3);
  world.reads.on_disconnected();
  world.now += PastReads::kPatience;
  world.reads.on_tick(world.now);
  CHECK(world.wire.asked.size() == 3);
  world.connect();
  CHECK(world.wire.asked.size() == 4);
  CHECK(json_integer(world.wire.asked.back(), "seq") == 6);
  CHECK(world.taken.size() == 1);
  CHECK_FALSE(world.reads.on_message({"_INBOX.b.tail.1.info", "", {}, ""}, world.now));
}
