#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "broker/websocket/decoder.hpp"
#include "shared/limits.hpp"

using namespace freshet;
using namespace freshet::broker::websocket;
using namespace std::string_literals;

namespace {

using Kind = Event::Kind;
constexpr unsigned kFin = 0x80;

struct Heard {
  std::vector<Event> events;
  std::uint16_t failed = 0;
};

bool same(const Heard& a, const Heard& b) {
  if (a.failed != b.failed || a.events.size() != b.events.size()) return false;
  for (std::size_t i = 0; i < a.events.size(); ++i) {
    const Event &one = a.events[i], &other = b.events[i];
    if (one.kind != other.kind || one.payload != other.payload || one.close_code != other.close_code) return false;
  }
  return true;
}

void feed(Decoder& decoder, std::string_view bytes, Heard& out) {
  for (;;) {
    Event event;
    Failure failure;
    const auto outcome = decoder.next(bytes, event, failure);
    if (outcome == Decoder::Outcome::kFailed) out.failed = failure.close_code;
    if (outcome == Decoder::Outcome::kMore) {
      CHECK(bytes.empty());
      return;
    }
    if (outcome == Decoder::Outcome::kEvent) out.events.push_back(std::move(event));
  }
}

Inflater& inflater() {
  static Inflater shared;
  return shared;
}

Heard read(std::string_view bytes, std::size_t piece, Inflater* with = nullptr) {
  Heard out;
  Decoder decoder(with);
  while (!bytes.empty()) {
    feed(decoder, bytes.substr(0, piece), out);
    bytes.remove_prefix(std::min(piece, bytes.size()));
  }
  return out;
}

// A client's frame; `first` is FIN, RSV and opcode.
std::string frame(unsigned first, std::string_view payload) {
  const std::string mask = "\x12\xA4\x56\x78";
  std::string out(1, static_cast<char>(first));
  const std::size_t length = payload.size();
  if (length < 126) {
    out += static_cast<char>(0x80 | length);
  } else {
    const int bytes = length < 65'536 ? 2 : 8;
    out += static_cast<char>(bytes == 2 ? 0xFE : 0xFF);
    for (int at = bytes - 1; at >= 0; --at) out += static_cast<char>(static_cast<std::uint64_t>(length) >> (8 * at) & 0xFF);
  }
  out += mask;
  for (std::size_t i = 0; i < length; ++i) out += static_cast<char>(payload[i] ^ mask[i & 3]);
  return out;
}

std::string text(std::string_view payload) { return frame(kFin | 1, payload); }
std::string ping(std::string_view payload) { return frame(kFin | 9, payload); }
std::string closing(unsigned code, std::string_view reason = "") {
  return frame(kFin | 8, std::string{static_cast<char>(code >> 8), static_cast<char>(code & 0xFF)} + std::string(reason));
}

}  // namespace

TEST_CASE("messages and control frames come out as they were said") {
  const Heard heard =
      read(text("a") + ping("p") + frame(kFin | 2, "\xFF") + frame(kFin | 10, "") + closing(1000, "bye") + text("behind"), 1000);
  CHECK(heard.failed == 0);
  REQUIRE(heard.events.size() == 5);
  CHECK(heard.events[0].kind == Kind::kText);
  CHECK(heard.events[0].payload == "a");
  CHECK(heard.events[1].kind == Kind::kPing);
  CHECK(heard.events[1].payload == "p");
  CHECK(heard.events[2].kind == Kind::kBinary);
  CHECK(heard.events[3].kind == Kind::kPong);
  CHECK(heard.events[4].kind == Kind::kClose);
  CHECK(heard.events[4].close_code == 1000);
  CHECK(heard.events[4].payload == "bye");
}

TEST_CASE("fragments are joined, and control frames come between them") {
  const Heard heard = read(frame(1, "Hel") + ping("1") + frame(0, "") + frame(0, "l") + ping("2") + frame(kFin, "o"), 1000);
  REQUIRE(heard.events.size() == 3);
  CHECK(heard.events[0].payload == "1");
  CHECK(heard.events[1].payload == "2");
  CHECK(heard.events[2].payload == "Hello");
}

TEST_CASE("a code point may lie across fragments") {
  const std::string thai = "\xE0\xB8\xA0";
  const Heard heard = read(frame(1, thai.substr(0, 1)) + frame(0, thai.substr(1, 1)) + frame(kFin, thai.substr(2)), 1000);
  REQUIRE(heard.events.size() == 1);
  CHECK(heard.events[0].payload == thai);
}

TEST_CASE("what RFC 6455 forbids closes with its code, and nothing behind it is heard") {
  struct Row {
    const char* what;
    std::string bytes;
    std::uint16_t code;
  };
  const std::string unmasked =
      "\x81\x01"
      "a";
  const std::vector<Row> rows{
      {"not masked", unmasked, 1002},
      {"RSV1", frame(kFin | 0x41, "a"), 1002},
      {"RSV2", frame(kFin | 0x21, "a"), 1002},
      {"RSV3", frame(kFin | 0x11, "a"), 1002},
      {"opcode 3", frame(kFin | 3, "a"), 1002},
      {"opcode 7", frame(kFin | 7, ""), 1002},
      {"opcode 11", frame(kFin | 11, ""), 1002},
      {"opcode 15", frame(kFin | 15, ""), 1002},
      {"a ping of 126 bytes", ping(std::string(126, 'x')), 1002},
      {"a ping in fragments", frame(9, "x"), 1002},
      {"a continuation of nothing", frame(kFin, "x"), 1002},
      {"a continuation behind a whole message", text("a") + frame(0, "x"), 1002},
      {"a message inside another", frame(1, "a") + frame(1, "b"), 1002},
      {"a close of one byte", frame(kFin | 8, "\x03"), 1002},
      {"a long form of 125", "\x81\xFE\x00\x7D"s, 1002},
      {"a long form of 65535", "\x81\xFF\x00\x00\x00\x00\x00\x00\xFF\xFF"s, 1002},
      {"a negative length", "\x81\xFF\x80\x00\x00\x00\x00\x00\x00\x00"s, 1002},
      {"2^62 bytes", "\x81\xFF\x40\x00\x00\x00\x00\x00\x00\x00"s, 1009},
      {"64 KiB and a byte", text(std::string(limits::kWebSocketMessageBytes + 1, 'x')), 1009},
      {"64 KiB and a byte in fragments", frame(1, std::string(limits::kWebSocketMessageBytes, 'x')) + frame(kFin, "x"), 1009},
      {"a bad byte", text("a\xFF"), 1007},
      {"a surrogate", text("\xED\xA0\x80"), 1007},
      {"an end inside a code point", text("\xE0\xB8"), 1007},
      {"a bad byte in the second fragment", frame(1, "\xE0") + frame(0, "\x20"), 1007},
      {"a close reason that is no text", closing(1000, "\xFF"), 1007},
  };
  for (const Row& row : rows) {
    CAPTURE(row.what);
    const Heard heard = read(row.bytes + text("behind"), 100'000);
    CHECK(heard.failed == row.code);
    for (const Event& event : heard.events) CHECK(event.payload != "behind");
    if (row.bytes.size() < 1000) CHECK(same(heard, read(row.bytes + text("behind"), 1)));
  }
}

TEST_CASE("64 KiB are a message, whole and in fragments") {
  const std::string most(limits::kWebSocketMessageBytes, 'x');
  CHECK(read(text(most), 100'000).events.at(0).payload == most);
  std::string bytes = frame(1, "");
  for (int i = 0; i < 64; ++i) bytes += frame(i == 63 ? kFin : 0, std::string(1024, 'x'));
  CHECK(read(bytes, 777).events.at(0).payload == most);
}

TEST_CASE("the close codes that a peer may send") {
  for (const unsigned code : {1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999}) {
    CAPTURE(code);
    CHECK(read(closing(code), 100).events.at(0).close_code == code);
  }
  for (const unsigned code : {0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65'535}) {
    CAPTURE(code);
    CHECK(read(closing(code), 100).failed == 1002);
  }
  CHECK(read(frame(kFin | 8, ""), 100).events.at(0).close_code == close::kNone);
}

TEST_CASE("text that can not become UTF-8 any more is refused before its frame has ended") {
  const std::string bytes = text("\xF4\x90" + std::string(20, 'x'));
  Decoder decoder(nullptr);
  Heard out;
  feed(decoder, std::string_view(bytes).substr(0, 7), out);
  CHECK(out.failed == 0);
  feed(decoder, std::string_view(bytes).substr(7, 1), out);
  CHECK(out.failed == 1007);
}

TEST_CASE("the same bytes give the same events, however they are cut") {
  Deflater deflater;
  const std::string compressed = deflater.deflate("compressed, compressed");
  const std::string all = text("one") + frame(1, "\xE0\xB8") + ping("p") + frame(kFin, "\xA0") + frame(kFin | 0x40 | 1, compressed) +
                          frame(0x40 | 1, compressed.substr(0, 3)) + frame(kFin, compressed.substr(3)) +
                          frame(kFin | 2, std::string(300, 'b')) + closing(4001, "x");
  const Heard whole = read(all, all.size(), &inflater());
  REQUIRE(whole.failed == 0);
  REQUIRE(whole.events.size() == 7);
  CHECK(whole.events[3].payload == "compressed, compressed");
  CHECK(whole.events[4].payload == "compressed, compressed");
  for (std::size_t piece = 1; piece < 40; ++piece) CHECK(same(whole, read(all, piece, &inflater())));
}

TEST_CASE("compressed messages are bounded as they inflate, and checked behind it") {
  Deflater deflater;
  const auto compressed = [&](std::string_view message) { return frame(kFin | 0x40 | 1, deflater.deflate(message)); };
  CHECK(read(compressed(std::string(limits::kWebSocketMessageBytes, 'x')), 100'000, &inflater()).events.at(0).payload.size() ==
        limits::kWebSocketMessageBytes);
  CHECK(read(compressed(std::string(limits::kWebSocketMessageBytes + 1, 'x')), 100'000, &inflater()).failed == 1009);
  CHECK(read(compressed("\xFF"), 100, &inflater()).failed == 1007);
  CHECK(read(frame(kFin | 0x40 | 1, "\xFF\xFF"), 100, &inflater()).failed == 1007);
  CHECK(read(frame(1, "a") + frame(kFin | 0x40, "b"), 100, &inflater()).failed == 1002);  // RSV1 belongs to the first fragment
  CHECK(read(frame(kFin | 0x40 | 9, "b"), 100, &inflater()).failed == 1002);
  CHECK(read(text("plain"), 100, &inflater()).events.at(0).payload == "plain");
}
