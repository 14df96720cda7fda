#include "shared/nats/protocol.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace freshet::nats {
namespace {

std::string show(const Operation& operation) {
  std::string text;
  switch (operation.kind) {
    case OperationKind::kInfo: text = "INFO "; break;
    case OperationKind::kMessage: text = "MSG "; break;
    case OperationKind::kPing: text = "PING "; break;
    case OperationKind::kPong: text = "PONG "; break;
    case OperationKind::kOk: text = "OK "; break;
    case OperationKind::kError: text = "ERR "; break;
  }
  text += std::to_string(operation.subscription) + '|' + std::string(operation.subject) + '|' + std::string(operation.reply) + '|' +
          std::string(operation.headers.block()) + '|' + std::string(operation.payload) + '|' + std::string(operation.text) + '\n';
  return text;
}

// All operations of `bytes`, given in two pieces; "!" behind them when the parser gave up.
std::string parse_cut_at(std::string_view bytes, std::size_t cut) {
  Parser parser;
  std::string seen;
  for (const std::string_view piece : {bytes.substr(0, cut), bytes.substr(cut)}) {
    parser.feed(piece);
    while (true) {
      const auto operation = parser.next();
      if (!operation.ok()) return seen + "!";
      if (!*operation) break;
      seen += show(**operation);
    }
  }
  return parser.empty() ? seen : seen + "…";
}

struct Row {
  const char* input;
  const char* seen;
};

const Row kRows[] = {
    {"INFO {\"a\":1} \r\n", "INFO 0|||||{\"a\":1}\n"},
    {"PING\r\nPONG\r\n+OK\r\n", "PING 0|||||\nPONG 0|||||\nOK 0|||||\n"},
    {"ping\r\n", "PING 0|||||\n"},
    {"-ERR 'Unknown Protocol Operation'\r\n", "ERR 0|||||Unknown Protocol Operation\n"},
    {"MSG a.b 1 5\r\nhello\r\n", "MSG 1|a.b|||hello|\n"},
    {"MSG a.b 18446744073709551615 r.1 0\r\n\r\n", "MSG 18446744073709551615|a.b|r.1|||\n"},
    {"MSG  a \t b.c   2 1\r\nx\r\n", "!"},
    {"msg a\t7 \t r 2\r\n\r\n\r\n", "MSG 7|a|r||\r\n|\n"},
    {"HMSG a 1 12 12\r\nNATS/1.0\r\n\r\n\r\n", "MSG 1|a||NATS/1.0\r\n\r\n||\n"},
    {"HMSG a 1 r 22 24\r\nNATS/1.0\r\nName: abc\r\n\r\nhi\r\n", "!"},
    {"HMSG a 1 r 23 25\r\nNATS/1.0\r\nName: abc\r\n\r\nhi\r\n", "MSG 1|a|r|NATS/1.0\r\nName: abc\r\n\r\n|hi|\n"},
    {"HMSG a 1 16 16\r\nNATS/1.0 503\r\n\r\n\r\n", "MSG 1|a||NATS/1.0 503\r\n\r\n||\n"},
    {"MSG a 1 5\r\nhello!\r\n", "!"},
    {"MSG a 1\r\n", "!"},
    {"MSG a 1 -1\r\n", "!"},
    {"MSG a 1 0x5\r\n", "!"},
    {"MSG a one 5\r\nhello\r\n", "!"},
    {"MSG a 1 r x 5\r\nhello\r\n", "!"},
    {"MSG a 1 99999999999999999999\r\n", "!"},
    {"MSG a 1 8388609\r\n", "!"},
    {"HMSG a 1 13 12\r\nNATS/1.0\r\n\r\n\r\n", "!"},
    {"HMSG a 1 12 12\r\nHTTP/1.0\r\n\r\n\r\n", "!"},
    {"HMSG a 1 12 12\r\nNATS/1.0\r\nab\r\n", "!"},
    {"HMSG a 1 17 17\r\nNATS/1.0\r\nabc\r\n\r\n\r\n", "!"},
    {"\r\n", "!"},
    {"HELLO\r\n", "!"},
    {"MSGa 1 0\r\n\r\n", "!"},
    {"GET / HTTP/1.1\r\n", "!"},
};

}  // namespace

TEST_CASE("operations are read whole, wherever the bytes are cut") {
  for (const Row& row : kRows) {
    CAPTURE(row.input);
    const std::string_view input(row.input);
    for (std::size_t cut = 0; cut <= input.size(); ++cut) {
      CAPTURE(cut);
      CHECK(parse_cut_at(input, cut) == row.seen);
    }
  }
}

TEST_CASE("a line without end is refused at its bound and not before") {
  std::string line = "INFO " + std::string(kLineBytesMax - 5, 'x');
  {
    Parser parser;
    parser.feed(line);
    CHECK(parser.next().ok());
    parser.feed("\r\n");
    const auto whole = parser.next();
    REQUIRE(whole.ok());
    REQUIRE(*whole);
    CHECK((*whole)->text.size() == kLineBytesMax - 5);
  }
  Parser parser;
  parser.feed(line + 'x');
  CHECK_FALSE(parser.next().ok());
}

TEST_CASE("a message of the greatest size is read, one byte more is refused from its first line") {
  const std::string payload(kMessageBytesMax, 'p');
  Parser parser;
  parser.feed("MSG a 1 " + std::to_string(payload.size()) + "\r\n" + payload + "\r\n");
  const auto message = parser.next();
  REQUIRE(message.ok());
  REQUIRE(*message);
  CHECK((*message)->payload == payload);
  Parser refusing;
  refusing.feed("MSG a 1 " + std::to_string(kMessageBytesMax + 1) + "\r\n");
  CHECK_FALSE(refusing.next().ok());
}

TEST_CASE("after a violation nothing is read any more") {
  Parser parser;
  parser.feed("NOPE\r\nPING\r\n");
  CHECK_FALSE(parser.next().ok());
  CHECK_FALSE(parser.next().ok());
}

TEST_CASE("a header block gives its status, description and values") {
  struct {
    const char* block;
    int status;
    const char* description;
  } const rows[] = {
      {"NATS/1.0\r\n\r\n", 0, ""},
      {"NATS/1.0 503\r\n\r\n", 503, ""},
      {"NATS/1.0 404 Message Not Found\r\n\r\n", 404, "Message Not Found"},
      {"NATS/1.0   408   Bad  Request \r\nA: b\r\n\r\n", 408, "Bad  Request"},
      {"NATS/1.0 5033\r\n\r\n", 0, ""},
      {"NATS/1.0 5O3\r\n\r\n", 0, ""},
      {"NATS/1.0 50\r\n\r\n", 0, ""},
      {"", 0, ""},
  };
  for (const auto& row : rows) {
    CAPTURE(row.block);
    CHECK(HeaderView(row.block).status() == row.status);
    CHECK(HeaderView(row.block).description() == row.description);
  }
  const HeaderView headers("NATS/1.0 100 Idle\r\nOne:1\r\nTwo:  a: b \t\r\ntwo:c\r\nEmpty:\r\n\r\n");
  CHECK(is_header_block(headers.block()));
  CHECK(headers.find("one") == "1");
  CHECK(headers.find("TWO") == "a: b");
  CHECK(headers.find("empty") == "");
  CHECK_FALSE(headers.find("three"));
  CHECK(headers.list() == HeaderList{{"One", "1"}, {"Two", "a: b"}, {"two", "c"}, {"Empty", ""}});
}

TEST_CASE("headers come back from the block they are formatted to") {
  const HeaderList headers{{"ce-id", "x"}, {"Freshet-Languages", "en,th"}, {"ce-id", "สวัสดี"}};
  const auto block = format_headers(headers);
  REQUIRE(block.ok());
  CHECK(is_header_block(*block));
  CHECK(HeaderView(*block).list() == headers);
  CHECK(format_headers({}).value().empty());
}

TEST_CASE("nothing that is published can hold a command of its own") {
  for (const char* subject : {"", ".", "a.", ".a", "a..b", "a b", "a\r\nPING", "a\tb", "a.*", "a.>", "a\x7f"}) {
    CAPTURE(subject);
    std::string out;
    CHECK_FALSE(append_publish(out, subject, {}, {}, {}).ok());
    CHECK_FALSE(append_publish(out, "a", subject[0] == '\0' ? " " : subject, {}, {}).ok());
    CHECK(out.empty());
  }
  for (const auto& [name, value] : HeaderList{{"a", "b\r\nc"}, {"a", "b\n"}, {"a", std::string("b\0", 2)}, {"", "b"}, {"a:", "b"}, {"a b", "c"}, {"a\r\n", "b"}}) {
    CAPTURE(name);
    CAPTURE(value);
    std::string out;
    CHECK_FALSE(append_publish(out, "a", {}, {{name, value}}, {}).ok());
    CHECK(out.empty());
  }
}

TEST_CASE("subjects to subscribe to may hold wildcards as whole tokens") {
  for (const char* subject : {"a", "a.b", "*", ">", "a.*.b", "a.>", "_INBOX.x.*"}) CHECK_MESSAGE(is_subscribe_subject(subject), subject);
  for (const char* subject : {"", "a.>.b", "a*", ">a", "a. b", "a..b"}) CHECK_MESSAGE(!is_subscribe_subject(subject), subject);
}

TEST_CASE("commands are written as the protocol has them") {
  std::string out;
  append_connect(out, {"functions", "p\"w"}, "api");
  CHECK(out.starts_with("CONNECT {"));
  CHECK(out.ends_with("}\r\n"));
  CHECK(out.find(R"("user":"functions","pass":"p\"w")") != std::string::npos);
  CHECK(out.find(R"("no_responders":true)") != std::string::npos);
  out.clear();
  CHECK(append_publish(out, "a.b", "r", {}, "hi").ok());
  CHECK(append_publish(out, "a", {}, {{"N", "v"}}, "x").ok());
  CHECK(append_subscribe(out, "a.>", "q", 7).ok());
  CHECK(append_subscribe(out, "b", {}, 8).ok());
  append_unsubscribe(out, 7);
  CHECK(out == "PUB a.b r 2\r\nhi\r\nHPUB a 18 19\r\nNATS/1.0\r\nN: v\r\n\r\nx\r\nSUB a.> q 7\r\nSUB b 8\r\nUNSUB 7\r\n");
}

}  // namespace freshet::nats
