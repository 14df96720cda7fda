// Tokenizer: HTML as a stream of text and tags, cut where a browser cuts it.
//
// Shape     text comes with its references replaced; comments, doctypes and bogus markup are skipped; a tag that the input ends in is dropped
// Bounds    one pass; of a tag at most kAttributesMax attributes are kept, of a name kNameMax bytes
// Lifetime  borrows the input; a token is valid until the next call of next()
// Source    WHATWG HTML 13.2.5. What it does not know is which elements are open, so it cannot tell foreign content; whoever writes
//           HTML from these tokens must be safe whatever they are.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace freshet::html {

struct Attribute {
  std::string name;  // lower case
  std::string value;
};

enum class TokenKind : std::uint8_t { kText, kStartTag, kEndTag, kEnd };

struct Token {
  TokenKind kind = TokenKind::kEnd;
  std::string name;                   // of a tag, lower case
  std::vector<Attribute> attributes;  // of a start tag, the first of each name
  std::string text;

  [[nodiscard]] const std::string* attribute(std::string_view wanted) const;
};

class Tokenizer {
 public:
  static constexpr std::size_t kAttributesMax = 64;
  static constexpr std::size_t kNameMax = 64;

  explicit Tokenizer(std::string_view html) : html_(html) {}

  [[nodiscard]] const Token& next();
  // Behind a start tag: leaves out everything up to its end tag (`</name` and a space, `/` or `>`), or to the end of the input.
  void skip_raw_text(std::string_view name);

 private:
  bool read_markup();  // at `<`: true when it gave a token; false when it was skipped, or is text
  void read_text();
  bool read_tag(TokenKind kind);
  void read_attribute();
  std::string read_name(std::string_view stops);
  std::string_view read_value();
  void skip_comment();
  void skip_behind(std::string_view what);
  void skip_space();
  [[nodiscard]] char at(std::size_t ahead) const { return at_ + ahead < html_.size() ? html_[at_ + ahead] : '\0'; }
  [[nodiscard]] bool done() const { return at_ >= html_.size(); }

  std::string_view html_;
  std::size_t at_ = 0;
  Token token_;
};

[[nodiscard]] constexpr bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\f' || c == '\r'; }

}  // namespace freshet::html
