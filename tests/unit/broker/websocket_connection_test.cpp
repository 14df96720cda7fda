#include "broker/server/websocket_connection.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace freshet;
using namespace freshet::broker;

namespace {

std::string frame(unsigned opcode, std::string_view payload) {
  std::string out{static_cast<char>(0x80 | opcode), static_cast<char>(0x80 | payload.size())};
  return out + std::string(4, '\0') + std::string(payload);
}

// What is done, in a word each.
std::string reactions(std::string_view bytes) {
  WebSocketConnection connection(nullptr);
  std::string out;
  while (const auto reaction = connection.next(bytes, WallTime{})) {
    if (std::holds_alternative<WebSocketConnection::Nothing>(*reaction)) out += "nothing ";
    if (const auto* say = std::get_if<WebSocketConnection::Say>(&*reaction)) {
      out += say->bytes.find(R"("type":"pong")") != std::string::npos ? "pong " : "frame:" + say->bytes + " ";
    }
    if (const auto* error = std::get_if<WebSocketConnection::SayError>(&*reaction)) {
      CHECK(error->bytes.find(R"("type":"error","message":)") != std::string::npos);
      out += "error ";
    }
    if (const auto* renew = std::get_if<WebSocketConnection::Renew>(&*reaction)) out += "renew:" + renew->token + " ";
    if (const auto* leave = std::get_if<WebSocketConnection::Leave>(&*reaction)) {
      const auto byte = [&](std::size_t at) { return static_cast<unsigned>(static_cast<unsigned char>(leave->bytes[at])); };
      out += "leave:" + (leave->bytes.size() < 4 ? "" : std::to_string(byte(2) << 8 | byte(3))) + (leave->protocol_error ? "! " : " ");
    }
  }
  return out;
}

}  // namespace

TEST_CASE("what a client says is answered, and what cannot be understood does not end the connection") {
  struct Row {
    std::string bytes;
    std::string reactions;
  };
  for (const Row& row : std::vector<Row>{{frame(1, R"({"type":"ping"})"), "pong "},
                                         {frame(1, R"({"type":"ping","more":[1]})"), "pong "},
                                         {frame(1, R"({"type":"auth","token":"t"})"), "renew:t "},
                                         {frame(1, R"({"type":"auth"})"), "error "},
                                         {frame(1, R"({"type":"auth","token":1})"), "error "},
                                         {frame(1, R"({"type":"subscribe"})"), "error "},
                                         {frame(1, R"({"type":null})"), "error "},
                                         {frame(1, R"({})"), "error "},
                                         {frame(1, R"([])"), "error "},
                                         {frame(1, R"("ping")"), "error "},
                                         {frame(1, "ping"), "error "},
                                         {frame(1, ""), "error "},
                                         {frame(1, std::string(100, '[')), "error "},
                                         {frame(2, "\xFF"), "error "},
                                         {frame(10, "x"), "nothing "},
                                         {frame(9, "x"), "frame:\x8A\x01x "},
                                         {frame(8, ""), "leave: "},
                                         {frame(8, "\x03\xE8"), "leave:1000 "},
                                         {frame(8,
                                                "\x0F\xA1"
                                                "bye"),
                                          "leave:4001 "},
                                         {frame(8, "\x03\xED"), "leave:1002! "},
                                         {frame(3, ""), "leave:1002! "},
                                         {frame(1, "\xFF"), "leave:1007! "}}) {
    CAPTURE(row.bytes);
    CHECK(reactions(row.bytes) == row.reactions);
    const bool over = row.reactions.starts_with("leave");
    CHECK(reactions(row.bytes + frame(1, R"({"type":"ping"})")) == row.reactions + (over ? "" : "pong "));
  }
}
