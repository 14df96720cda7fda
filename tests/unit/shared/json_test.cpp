#include "shared/json.hpp"

#include <doctest/doctest.h>

#include <string>

#include "shared/limits.hpp"

namespace freshet {
namespace {

std::string nested(std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); }

TEST_CASE("JSON as deep as the limit is read and one level more is refused") {
  CHECK(parse_json(nested(limits::kJsonDepth)).ok());
  CHECK_FALSE(parse_json(nested(limits::kJsonDepth + 1)).ok());
  CHECK_FALSE(parse_json(std::string(1'000'000, '[')).ok());
  CHECK(parse_json("\"" + std::string(100, '[') + "\"").ok());
}

TEST_CASE("malformed JSON is an error and never stops the program") {
  using namespace std::string_view_literals;
  for (const std::string_view bad : {""sv, "{"sv, "}"sv, "[1,]"sv, "nul"sv, "{\"a\":}"sv, "'a'"sv, "\"\\x\""sv, "\"\\ud800\""sv, "\"\xff\""sv, "\"a\0b\""sv, "\"\\u0000\""sv,
                                     "{\"\\u0000\":1}"sv, "1 2"sv, "\xef\xbb"sv, "{\"a\":1"sv, "[1}"sv, "NaN"sv, "01"sv, "\"\n\""sv}) {
    CAPTURE(bad);
    CHECK_FALSE(parse_json(bad).ok());
  }
  CHECK(parse_json("\"\\\\u0000\"").value() == "\\u0000");
  CHECK_FALSE(parse_json_object("[]").ok());
}

TEST_CASE("every bad field is named at once with the reason") {
  const Json body = parse_json(R"({"title":3,"slug":"toolong","flag":"yes","ids":["a",1],"n":1.5,"inner":{"x":[]},"gone":null})").value();
  Fields fields(body);
  CHECK_FALSE(fields.text("title", Presence::kRequired, 10));
  CHECK_FALSE(fields.text("slug", Presence::kRequired, 3));
  CHECK_FALSE(fields.boolean("flag", Presence::kOptional));
  CHECK_FALSE(fields.texts("ids", Presence::kRequired, 5));
  CHECK_FALSE(fields.integer("n", Presence::kRequired));
  CHECK_FALSE(fields.text("gone", Presence::kOptional, 5));
  CHECK_FALSE(fields.text("missing", Presence::kRequired, 5));
  const Json* inner = fields.object("inner", Presence::kRequired);
  REQUIRE(inner != nullptr);
  Fields deeper = fields.nested("inner", *inner);
  CHECK_FALSE(deeper.text("x", Presence::kRequired, 5));
  const auto result = fields.finish();
  REQUIRE_FALSE(result.ok());
  for (const char* name : {"title", "slug", "flag", "ids", "n", "missing", "inner.x"}) {
    CAPTURE(name);
    CHECK(result.error().fields.contains(name));
  }
  CHECK(result.error().fields.size() == 7);
}

TEST_CASE("lengths are counted in code points and checked at n and n + 1") {
  const Json body = parse_json(R"({"a":"น้ำ","b":""})").value();
  Fields fields(body);
  CHECK(fields.text("a", Presence::kRequired, 3) == "น้ำ");
  CHECK_FALSE(fields.text("a", Presence::kRequired, 2));
  CHECK_FALSE(fields.text("b", Presence::kRequired, 2, 1));
  CHECK(fields.text("b", Presence::kRequired, 2, 0) == "");
}

TEST_CASE("what is written reads back and holds no raw line end") {
  std::string out;
  JsonWriter writer(out);
  std::string every;
  for (int c = 1; c < 128; ++c) every.push_back(static_cast<char>(c));
  writer.begin_object().field("text", every).key("list").begin_array().number(-1).boolean(true).null().begin_object().end_object().raw("[]").end_array().end_object();
  CHECK(out.find('\n') == std::string::npos);
  CHECK(out.find('\r') == std::string::npos);
  const auto parsed = parse_json_object(out);
  REQUIRE(parsed.ok());
  CHECK(*json_text(*parsed, "text") == every);
  CHECK(parsed->at("list").dump() == "[-1,true,null,{},[]]");
}

}  // namespace
}  // namespace freshet
