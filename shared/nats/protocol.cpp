#include "shared/nats/protocol.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>

#include "shared/check.hpp"
#include "shared/json.hpp"

namespace freshet::nats {
namespace {

constexpr std::string_view kLineEnd = "\r\n";
constexpr std::string_view kVersion = "NATS/1.0";
constexpr std::size_t kArgumentsMax = 5;  // HMSG subject sid reply header-size total-size

bool is_blank(char c) { return c == ' ' || c == '\t'; }

std::string_view trim(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

// The words of `text`, up to kArgumentsMax + 1 so that one too many shows.
std::size_t split(std::string_view text, std::span<std::string_view> words) {
  std::size_t count = 0;
  while (count < words.size()) {
    text = trim(text);
    if (text.empty()) break;
    const std::size_t end = std::min(text.find_first_of(" \t"), text.size());
    words[count++] = text.substr(0, end);
    text.remove_prefix(end);
  }
  return count;
}

template <typename Number>
bool parse_number(std::string_view text, Number& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && end == text.data() + text.size() && !text.empty();
}

void append_number(std::string& out, std::uint64_t number) {
  char digits[20];
  const auto [end, error] = std::to_chars(digits, digits + sizeof digits, number);
  static_cast<void>(error);
  out.append(digits, end);
}

struct SubjectRule {
  bool wildcards;
};

bool is_subject(std::string_view subject, SubjectRule rule) {
  if (subject.empty() || subject.size() > 1024) return false;
  while (true) {
    const std::size_t end = std::min(subject.find('.'), subject.size());
    const std::string_view token = subject.substr(0, end);
    if (token.empty()) return false;
    const bool last = end == subject.size();
    const bool wildcard = token == "*" || (token == ">" && last);
    if (wildcard && !rule.wildcards) return false;
    for (const char c : token) {
      if (static_cast<unsigned char>(c) <= ' ' || c == 0x7f) return false;
      if ((c == '*' || c == '>') && !wildcard) return false;
    }
    if (last) return true;
    subject.remove_prefix(end + 1);
  }
}

bool is_header_name(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) { return c > ' ' && c < 0x7f && c != ':'; });
}

bool is_header_value(std::string_view value) {
  return value.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos;
}

// True when `line` begins with `word` in any case, followed by a blank or the end.
bool begins_with_word(std::string_view line, std::string_view word) {
  return line.size() >= word.size() && ascii_iequals(line.substr(0, word.size()), word) &&
         (line.size() == word.size() || is_blank(line[word.size()]));
}

}  // namespace

bool is_publish_subject(std::string_view subject) { return is_subject(subject, {.wildcards = false}); }
bool is_subscribe_subject(std::string_view subject) { return is_subject(subject, {.wildcards = true}); }

// ---- header blocks

bool is_header_block(std::string_view block) {
  if (!block.starts_with(kVersion) || !block.ends_with("\r\n\r\n")) return false;
  const std::size_t first_end = block.find(kLineEnd);
  const std::string_view first = block.substr(kVersion.size(), first_end - kVersion.size());
  if (!first.empty() && !is_blank(first.front())) return false;
  block.remove_prefix(first_end + 2);
  while (!block.starts_with(kLineEnd)) {
    const std::size_t end = block.find(kLineEnd);
    const std::string_view line = block.substr(0, end);
    if (!is_header_name(line.substr(0, line.find(':'))) || line.find(':') == std::string_view::npos || !is_header_value(line)) return false;
    block.remove_prefix(end + 2);
  }
  return block.size() == 2;
}

template <typename Visit>
void HeaderView::visit(Visit&& visit) const {
  std::string_view rest = block_;
  rest.remove_prefix(std::min(rest.find(kLineEnd), rest.size()));
  while (rest.size() > 2) {
    rest.remove_prefix(2);
    const std::size_t end = std::min(rest.find(kLineEnd), rest.size());
    const std::string_view line = rest.substr(0, end);
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) return;
    if (!visit(line.substr(0, colon), trim(line.substr(colon + 1)))) return;
    rest.remove_prefix(end);
  }
}

int HeaderView::status() const {
  if (block_.size() < kVersion.size() + 4 || !is_blank(block_[kVersion.size()])) return 0;
  std::string_view line = trim(block_.substr(kVersion.size(), block_.find(kLineEnd) - kVersion.size()));
  int status = 0;
  if (line.size() < 3 || !parse_number(line.substr(0, 3), status)) return 0;
  return line.size() == 3 || is_blank(line[3]) ? status : 0;
}

std::string_view HeaderView::description() const {
  if (status() == 0) return {};
  const std::string_view line = trim(block_.substr(kVersion.size(), block_.find(kLineEnd) - kVersion.size()));
  return trim(line.substr(3));
}

std::optional<std::string_view> HeaderView::find(std::string_view name) const {
  std::optional<std::string_view> found;
  visit([&](std::string_view key, std::string_view value) {
    if (!ascii_iequals(key, name)) return true;
    found = value;
    return false;
  });
  return found;
}

HeaderList HeaderView::list() const {
  HeaderList headers;
  visit([&](std::string_view name, std::string_view value) {
    headers.emplace_back(name, value);
    return true;
  });
  return headers;
}

Result<std::string> format_headers(const HeaderList& headers) {
  if (headers.empty()) return std::string{};
  std::string block(kVersion);
  block += kLineEnd;
  for (const auto& [name, value] : headers) {
    if (!is_header_name(name) || !is_header_value(value)) {
      return Error{Errc::kInternal, "a header's name or value cannot be sent to NATS: " + name};
    }
    block.append(name).append(": ").append(value).append(kLineEnd);
  }
  block += kLineEnd;
  if (block.size() > kHeaderBytesMax) return Error{Errc::kHeadersTooLarge, "the headers of a NATS message take more than 64 KiB"};
  return block;
}

// ---- parser

std::span<char> Parser::space(std::size_t bytes_min) {
  if (begin_ > 0 && (begin_ == end_ || buffer_.size() - end_ < bytes_min)) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  if (buffer_.size() - end_ < bytes_min) buffer_.resize(end_ + bytes_min);
  return {buffer_.data() + end_, buffer_.size() - end_};
}

void Parser::commit(std::size_t bytes) {
  FRESHET_CHECK(bytes <= buffer_.size() - end_);
  end_ += bytes;
}

void Parser::feed(std::string_view bytes) {
  if (bytes.empty()) return;
  const auto room = space(bytes.size());
  std::memcpy(room.data(), bytes.data(), bytes.size());
  commit(bytes.size());
}

Error Parser::fail(std::string_view what) {
  failed_ = true;
  return Error{Errc::kUnavailable, "nats-server sent " + std::string(what)};
}

Result<std::optional<Operation>> Parser::next() {
  if (failed_) return fail("something that cannot be read, before");
  const std::string_view waiting(buffer_.data() + begin_, end_ - begin_);
  const std::size_t line_end = waiting.find(kLineEnd, scanned_ > 0 ? scanned_ - 1 : 0);
  if (line_end == std::string_view::npos || line_end > kLineBytesMax) {
    scanned_ = waiting.size();
    if (std::min(line_end, waiting.size()) > kLineBytesMax) return fail("a line that does not end");
    return std::optional<Operation>{};
  }
  scanned_ = line_end + 1;  // found again at once while the payload is awaited
  return parse_line(waiting.substr(0, line_end), line_end + 2);
}

Result<std::optional<Operation>> Parser::parse_line(std::string_view line, std::size_t line_bytes) {
  if (begins_with_word(line, "MSG")) return parse_message(line.substr(3), false, line_bytes);
  if (begins_with_word(line, "HMSG")) return parse_message(line.substr(4), true, line_bytes);
  Operation operation;
  if (begins_with_word(line, "PING")) {
    operation.kind = OperationKind::kPing;
  } else if (begins_with_word(line, "PONG")) {
    operation.kind = OperationKind::kPong;
  } else if (begins_with_word(line, "+OK")) {
    operation.kind = OperationKind::kOk;
  } else if (begins_with_word(line, "-ERR")) {
    operation.kind = OperationKind::kError;
    operation.text = trim(line.substr(4));
    if (operation.text.size() >= 2 && operation.text.front() == '\'' && operation.text.back() == '\'') {
      operation.text = operation.text.substr(1, operation.text.size() - 2);
    }
  } else if (begins_with_word(line, "INFO")) {
    operation.kind = OperationKind::kInfo;
    operation.text = trim(line.substr(4));
  } else {
    return fail("an unknown operation");
  }
  begin_ += line_bytes;
  scanned_ = 0;
  return std::optional<Operation>(operation);
}

// MSG <subject> <sid> [reply] <total>   or   HMSG <subject> <sid> [reply] <headers> <total>
Result<std::optional<Operation>> Parser::parse_message(std::string_view arguments, bool has_headers, std::size_t line_bytes) {
  std::string_view words[kArgumentsMax + 1];
  const std::size_t count = split(arguments, words);
  const std::size_t sizes = has_headers ? 2 : 1;
  if (count != 2 + sizes && count != 3 + sizes) return fail("a message with a wrong number of arguments");
  Operation operation;
  operation.kind = OperationKind::kMessage;
  operation.subject = words[0];
  if (count == 3 + sizes) operation.reply = words[2];
  std::size_t header_bytes = 0;
  std::size_t total_bytes = 0;
  if (!parse_number(words[1], operation.subscription) || !parse_number(words[count - 1], total_bytes) ||
      (has_headers && !parse_number(words[count - 2], header_bytes))) {
    return fail("a message whose numbers are none");
  }
  if (total_bytes > kMessageBytesMax || header_bytes > total_bytes || header_bytes > kHeaderBytesMax) {
    return fail("a message over the limits");
  }
  if (end_ - begin_ < line_bytes + total_bytes + kLineEnd.size()) return std::optional<Operation>{};
  const std::string_view body(buffer_.data() + begin_ + line_bytes, total_bytes + kLineEnd.size());
  if (!body.ends_with(kLineEnd)) return fail("a message longer than it said");
  if (has_headers && !is_header_block(body.substr(0, header_bytes))) return fail("a header block of the wrong form");
  operation.headers = HeaderView(body.substr(0, header_bytes));
  operation.payload = body.substr(header_bytes, total_bytes - header_bytes);
  begin_ += line_bytes + total_bytes + kLineEnd.size();
  scanned_ = 0;
  return std::optional<Operation>(operation);
}

// ---- encoders

void append_connect(std::string& out, const Credentials& credentials, std::string_view client_name) {
  out += "CONNECT ";
  JsonWriter json(out);
  json.begin_object();
  json.key("verbose").boolean(false).key("pedantic").boolean(false).key("tls_required").boolean(false);
  json.key("headers").boolean(true).key("no_responders").boolean(true);
  json.field("name", client_name).field("lang", "c++").field("version", "1").key("protocol").number(1);
  if (!credentials.user.empty()) json.field("user", credentials.user).field("pass", credentials.password);
  json.end_object();
  out += kLineEnd;
}

Result<void> append_publish(std::string& out, std::string_view subject, std::string_view reply, const HeaderList& headers,
                            std::string_view payload) {
  if (!is_publish_subject(subject) || (!reply.empty() && !is_publish_subject(reply))) {
    return Error{Errc::kInternal, "not a subject that can be published to: " + std::string(subject)};
  }
  FRESHET_TRY(block, format_headers(headers));
  if (block.size() + payload.size() > kMessageBytesMax) return Error{Errc::kPayloadTooLarge, "a NATS message takes at most 8 MiB"};
  out += block.empty() ? "PUB " : "HPUB ";
  out += subject;
  if (!reply.empty()) out.append(" ").append(reply);
  if (!block.empty()) {
    out += ' ';
    append_number(out, block.size());
  }
  out += ' ';
  append_number(out, block.size() + payload.size());
  out.append(kLineEnd).append(block).append(payload).append(kLineEnd);
  return {};
}

Result<void> append_subscribe(std::string& out, std::string_view subject, std::string_view queue, std::uint64_t subscription) {
  if (!is_subscribe_subject(subject) || (!queue.empty() && !is_publish_subject(queue))) {
    return Error{Errc::kInternal, "not a subject that can be subscribed to: " + std::string(subject)};
  }
  out.append("SUB ").append(subject).append(" ");
  if (!queue.empty()) out.append(queue).append(" ");
  append_number(out, subscription);
  out += kLineEnd;
  return {};
}

void append_unsubscribe(std::string& out, std::uint64_t subscription) {
  out += "UNSUB ";
  append_number(out, subscription);
  out += kLineEnd;
}

}  // namespace freshet::nats
