#include "shared/html/tokenizer.hpp"

#include <algorithm>

#include "shared/html/character_reference.hpp"
#include "shared/text.hpp"

namespace freshet::html {
namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

}  // namespace

const std::string* Token::attribute(std::string_view wanted) const {
  const auto found = std::find_if(attributes.begin(), attributes.end(), [&](const Attribute& one) { return one.name == wanted; });
  return found == attributes.end() ? nullptr : &found->value;
}

const Token& Tokenizer::next() {
  token_ = Token{};
  while (!done()) {
    if (html_[at_] != '<') {
      read_text();
      return token_;
    }
    const std::size_t before = at_;
    if (read_markup()) return token_;
    if (at_ == before) {  // a lone `<`
      read_text();
      return token_;
    }
  }
  token_.kind = TokenKind::kEnd;
  return token_;
}

// From here to the next `<`, which itself is text when it stands first.
void Tokenizer::read_text() {
  const std::size_t end = std::min(html_.find('<', at_ + 1), html_.size());
  token_.kind = TokenKind::kText;
  token_.text = decode_references(html_.substr(at_, end - at_), Where::kText);
  at_ = end;
}

bool Tokenizer::read_markup() {
  const char c = at(1);
  if (is_letter(c)) {
    at_ += 1;
    return read_tag(TokenKind::kStartTag);
  }
  if (c == '/') {
    if (is_letter(at(2))) {
      at_ += 2;
      return read_tag(TokenKind::kEndTag);
    }
    if (at_ + 2 < html_.size()) skip_behind(">");  // `</>` and bogus comments
    return false;
  }
  if (c == '!' && at(2) == '-' && at(3) == '-') {
    skip_comment();
  } else if (c == '!' || c == '?') {
    skip_behind(">");
  }
  return false;
}

void Tokenizer::skip_behind(std::string_view what) {
  const std::size_t found = html_.find(what, at_);
  at_ = found == std::string_view::npos ? html_.size() : found + what.size();
}

// At `<!--`. It ends with `-->` or `--!>`, and `<!-->` and `<!--->` are whole.
void Tokenizer::skip_comment() {
  at_ += 4;
  if (at(0) == '>' || (at(0) == '-' && at(1) == '>')) {
    at_ += at(0) == '>' ? 1 : 2;
    return;
  }
  for (;;) {
    const std::size_t dashes = html_.find("--", at_);
    if (dashes == std::string_view::npos) {
      at_ = html_.size();
      return;
    }
    at_ = dashes;
    if (at(2) == '>' || (at(2) == '!' && at(3) == '>')) {
      at_ += at(2) == '>' ? 3 : 4;
      return;
    }
    at_ += 1;
  }
}

void Tokenizer::skip_space() {
  while (!done() && is_space(html_[at_])) ++at_;
}

std::string Tokenizer::read_name(std::string_view stops) {
  const std::size_t from = at_;
  if (!done()) ++at_;  // the first character belongs to the name whatever it is (`<a =x>`)
  while (!done() && !is_space(html_[at_]) && stops.find(html_[at_]) == std::string_view::npos) ++at_;
  return ascii_lower(html_.substr(from, std::min(at_ - from, kNameMax + 1)));
}

bool Tokenizer::read_tag(TokenKind kind) {
  token_.kind = kind;
  token_.name = read_name("/>");
  for (;;) {
    while (!done() && (is_space(html_[at_]) || html_[at_] == '/')) ++at_;
    if (done()) {
      token_ = Token{};
      return false;
    }
    if (html_[at_] == '>') {
      ++at_;
      return true;
    }
    read_attribute();
  }
}

void Tokenizer::read_attribute() {
  std::string name = read_name("/>=");
  skip_space();
  std::string_view raw;
  if (!done() && html_[at_] == '=') {
    ++at_;
    skip_space();
    raw = read_value();
  }
  if (token_.attributes.size() >= kAttributesMax || name.size() > kNameMax || token_.attribute(name) != nullptr) return;
  token_.attributes.push_back({std::move(name), decode_references(raw, Where::kAttribute)});
}

std::string_view Tokenizer::read_value() {
  const char quote = at(0);
  std::size_t from = at_;
  if (quote == '"' || quote == '\'') {
    ++from;
    const std::size_t end = std::min(html_.find(quote, from), html_.size());
    at_ = std::min(end + 1, html_.size());
    return html_.substr(from, end - from);
  }
  while (!done() && !is_space(html_[at_]) && html_[at_] != '>') ++at_;
  return html_.substr(from, at_ - from);
}

void Tokenizer::skip_raw_text(std::string_view name) {
  while (!done()) {
    const std::size_t found = html_.find("</", at_);
    if (found == std::string_view::npos) break;
    at_ = found + 2;
    const char behind = at(name.size());
    if (ascii_iequals(html_.substr(at_, name.size()), name) && (is_space(behind) || behind == '/' || behind == '>')) {
      skip_behind(">");
      return;
    }
  }
  at_ = html_.size();
}

}  // namespace freshet::html
