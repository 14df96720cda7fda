#include "shared/html/sanitizer.hpp"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "shared/html/attributes.hpp"
#include "shared/html/elements.hpp"
#include "shared/html/tokenizer.hpp"
#include "shared/text.hpp"

namespace freshet::html {
namespace {

std::string repaired_utf8(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t length = 1;
    while (length <= 4 && at + length <= text.size() && !utf8_length(text.substr(at, length))) ++length;
    if (length <= 4 && at + length <= text.size()) {
      out.append(text, at, length);
      at += length;
    } else {
      out.append("\xEF\xBF\xBD");
      at += 1;
    }
  }
  return out;
}

// TreeWriter: writes tags and text so that the result is a tree of the shape that sanitizer.hpp promises.
//
// The open elements are a stack: blocks below, phrasing on top. A phrasing element is written when the first thing inside it is,
// so that none is empty; one that must not be (nested in its like, or without its address) is open but never written.
class TreeWriter {
 public:
  explicit TreeWriter(std::string& out) : out_(out) {}

  void text(std::string_view text);
  void start(const ElementInfo& element, const Token& token);
  void end(Element element);
  void finish() { pop_to(0); }

 private:
  enum class State : std::uint8_t { kWritten, kWaiting, kNever };
  struct Open {
    Element element;
    State state;
    std::string tag;
  };

  [[nodiscard]] Role top_role() const { return open_.empty() ? Role::kContainer : info(open_.back().element).role; }
  [[nodiscard]] bool top_is(Element element) const { return !open_.empty() && open_.back().element == element; }
  [[nodiscard]] bool has_room(std::size_t levels) const { return open_.size() + levels <= static_cast<std::size_t>(kDepthMax); }

  template <typename Wanted, typename Stop>
  [[nodiscard]] std::optional<std::size_t> find(Wanted wanted, Stop stop) const {
    for (std::size_t i = open_.size(); i-- > 0;) {
      if (wanted(open_[i].element)) return i;
      if (stop(open_[i].element)) return std::nullopt;
    }
    return std::nullopt;
  }

  void pop_to(std::size_t size);
  void push_block(Element element, std::string tag);
  void push_implied(Element element) { push_block(element, '<' + std::string(info(element).name) + '>'); }
  void leave_leaf();
  void enter_flow();
  void write_waiting();
  bool enter_place_of(Element element);
  void start_void(const ElementInfo& element, std::string tag);
  void start_phrasing(const ElementInfo& element, std::optional<std::string> tag);
  void start_block(const ElementInfo& element, std::string tag);
  [[nodiscard]] std::optional<std::size_t> find_end(Element element) const;

  std::string& out_;
  std::vector<Open> open_;
  std::size_t pre_begins_ = 0;  // where the content of the last pre begins; 0: there was none
};

void TreeWriter::pop_to(std::size_t size) {
  for (; open_.size() > size; open_.pop_back()) {
    if (open_.back().state == State::kWritten) out_.append("</").append(info(open_.back().element).name).push_back('>');
  }
}

void TreeWriter::push_block(Element element, std::string tag) {
  out_.append(tag);
  open_.push_back({element, State::kWritten, {}});
}

// Ends open phrasing, and the paragraph, heading or pre around it.
void TreeWriter::leave_leaf() {
  std::size_t size = open_.size();
  while (size > 0 && info(open_[size - 1].element).role == Role::kPhrasing) --size;
  if (size > 0 && info(open_[size - 1].element).role == Role::kLeafBlock) --size;
  pop_to(size);
}

// Opens what a list or table lacks before text or an element can stand in it.
void TreeWriter::enter_flow() {
  while (top_role() == Role::kStructure) {
    const Element top = open_.back().element;
    push_implied(is_list(top) ? Element::kLi : top == Element::kTable ? Element::kTbody : is_section(top) ? Element::kTr : Element::kTd);
  }
}

void TreeWriter::write_waiting() {
  for (auto& one : open_) {
    if (one.state != State::kWaiting) continue;
    out_.append(one.tag);
    one.state = State::kWritten;
    one.tag.clear();
  }
}

void TreeWriter::text(std::string_view text) {
  std::string escaped;
  append_escaped(escaped, text);
  std::string_view rest = escaped;
  // The parser drops a line end right behind `<pre>`, so one must never be written there.
  if (out_.size() == pre_begins_ && pre_begins_ > 0) rest.remove_prefix(std::min(rest.find_first_not_of('\n'), rest.size()));
  if (top_role() == Role::kStructure) {
    const auto blank = static_cast<std::size_t>(std::find_if_not(rest.begin(), rest.end(), is_space) - rest.begin());
    out_.append(rest, 0, blank);
    rest.remove_prefix(blank);
  }
  if (rest.empty()) return;
  enter_flow();
  write_waiting();
  out_.append(rest);
}

void TreeWriter::start(const ElementInfo& element, const Token& token) {
  auto tag = start_tag(element, token);
  if (element.role == Role::kPhrasing) {
    start_phrasing(element, std::move(tag));
  } else if (!tag) {
    return;
  } else if (element.role == Role::kVoid) {
    start_void(element, std::move(*tag));
  } else {
    start_block(element, std::move(*tag));
  }
}

void TreeWriter::start_void(const ElementInfo& element, std::string tag) {
  if (element.element == Element::kHr) leave_leaf();
  enter_flow();
  write_waiting();
  out_.append(tag);
}

void TreeWriter::start_phrasing(const ElementInfo& element, std::optional<std::string> tag) {
  const auto block = [](Element e) { return info(e).role != Role::kPhrasing; };
  const auto same = find([&](Element e) { return e == element.element; }, block);
  if (same && element.element == Element::kA) pop_to(*same);
  if (!has_room(1)) return;
  enter_flow();
  const bool nests = element.element == Element::kSpan || element.element == Element::kSub || element.element == Element::kSup || element.element == Element::kA;
  const bool never = !tag || (same && !nests);
  open_.push_back({element.element, never ? State::kNever : State::kWaiting, never ? std::string() : std::move(*tag)});
}

// Goes to where an element that belongs into a certain parent can stand; false when there is no such parent.
bool TreeWriter::enter_place_of(Element element) {
  std::optional<std::size_t> parent;
  if (element == Element::kLi) {
    parent = find(is_list, [](Element e) { return is_scope(e) || e == Element::kBlockquote || e == Element::kFigure || e == Element::kFigcaption; });
  } else if (element == Element::kFigcaption) {
    parent = find([](Element e) { return e == Element::kFigure; }, is_scope);
  } else {
    const auto table = find([](Element e) { return e == Element::kTable; }, [](Element) { return false; });
    if (!table) return false;
    parent = table;
    const bool row_wanted = is_cell(element);
    const bool section_wanted = row_wanted || element == Element::kTr;
    if (section_wanted && *parent + 1 < open_.size() && is_section(open_[*parent + 1].element)) ++*parent;
    if (row_wanted && *parent + 1 < open_.size() && open_[*parent + 1].element == Element::kTr) ++*parent;
    pop_to(*parent + 1);
    if (section_wanted && top_is(Element::kTable)) push_implied(Element::kTbody);
    if (row_wanted && !top_is(Element::kTr)) push_implied(Element::kTr);
    return true;
  }
  if (parent) pop_to(*parent + 1);
  return parent.has_value();
}

void TreeWriter::start_block(const ElementInfo& element, std::string tag) {
  const Element e = element.element;
  const bool placed = e == Element::kLi || e == Element::kFigcaption || e == Element::kCaption || is_cell(e) || e == Element::kTr || is_section(e);
  if (placed) {
    // A figcaption may nest like a div; the others' room was kept when their list or table was opened.
    if (e == Element::kFigcaption && !has_room(1)) return;
    if (!enter_place_of(e)) return;
    push_block(e, std::move(tag));
    return;
  }
  leave_leaf();
  enter_flow();
  const std::size_t levels = is_list(e) ? 2 : e == Element::kTable ? 4 : 1;
  if (!has_room(levels)) return;
  push_block(e, std::move(tag));
  if (e == Element::kPre) pre_begins_ = out_.size();
}

std::optional<std::size_t> TreeWriter::find_end(Element element) const {
  const auto is_it = [&](Element e) { return e == element; };
  if (info(element).role == Role::kPhrasing) return find(is_it, [](Element e) { return info(e).role != Role::kPhrasing; });
  if (element == Element::kLi) return find(is_it, [](Element e) { return is_list(e) || is_scope(e); });
  if (is_heading(element)) return find(is_heading, is_scope);
  if (element == Element::kTable) return find(is_it, [](Element) { return false; });
  if (is_scope(element) || is_section(element) || element == Element::kTr) return find(is_it, [](Element e) { return e == Element::kTable; });
  return find(is_it, is_scope);
}

void TreeWriter::end(Element element) {
  if (const auto found = find_end(element)) pop_to(*found);
}

// Skims the tokens: calls `text`, `start` and `end` for what is to be read, leaves out what is hidden.
template <typename Sink>
void read(std::string_view html, Sink& sink) {
  std::string repaired;
  if (!utf8_length(html)) html = repaired = repaired_utf8(html);
  Tokenizer tokens(html);
  std::string hidden_in;  // the element whose tree is being left out
  std::size_t hidden_depth = 0;
  for (;;) {
    const Token& token = tokens.next();
    if (token.kind == TokenKind::kEnd) return;
    if (token.kind == TokenKind::kStartTag) {
      const Hidden hidden = hidden_content(token.name);
      if (hidden == Hidden::kRawText) {
        const std::string name = token.name;
        tokens.skip_raw_text(name);
        continue;
      }
      if (hidden == Hidden::kTree && hidden_depth == 0) {
        hidden_in = token.name;
        hidden_depth = 1;
        continue;
      }
    }
    if (hidden_depth > 0) {
      if (token.name == hidden_in) hidden_depth += token.kind == TokenKind::kStartTag ? 1 : -1;
      continue;
    }
    if (token.kind == TokenKind::kText) {
      sink.text(token.text);
    } else if (const ElementInfo* element = find_element(token.name)) {
      if (token.kind == TokenKind::kStartTag) {
        sink.start(*element, token);
      } else {
        sink.end(element->element);
      }
    }
  }
}

// LineWriter: text on one line.
class LineWriter {
 public:
  explicit LineWriter(std::string& out) : out_(out) {}
  void text(std::string_view text) {
    for (const char c : text) {
      if (static_cast<unsigned char>(c) <= 0x20 || c == 0x7F) {
        apart_ = true;
        continue;
      }
      if (apart_ && !out_.empty()) out_.push_back(' ');
      apart_ = false;
      out_.push_back(c);
    }
  }
  void start(const ElementInfo& element, const Token&) { apart_ |= element.role != Role::kPhrasing && element.element != Element::kImg; }
  void end(Element element) { apart_ |= info(element).role != Role::kPhrasing; }

 private:
  std::string& out_;
  bool apart_ = false;
};

}  // namespace

std::string sanitize(std::string_view html) {
  std::string out;
  out.reserve(html.size());
  TreeWriter writer(out);
  read(html, writer);
  writer.finish();
  return out;
}

std::string plain_text(std::string_view html) {
  std::string out;
  LineWriter writer(out);
  read(html, writer);
  return out;
}

}  // namespace freshet::html
