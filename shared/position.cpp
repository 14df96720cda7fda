#include "shared/position.hpp"

#include <algorithm>
#include <charconv>

#include "shared/text.hpp"

namespace freshet {
namespace {

constexpr std::size_t kEpochLength = 8;

std::optional<std::uint64_t> to_number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || ec != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  if (text.size() > 1 && text.front() == '0') return std::nullopt;
  return value;
}

// Cuts `text` at the first `mark`: the part before is the answer, `text` keeps the rest.
std::optional<std::string_view> cut(std::string_view& text, char mark) {
  const auto at = text.find(mark);
  if (at == std::string_view::npos) return std::nullopt;
  const auto head = text.substr(0, at);
  text.remove_prefix(at + 1);
  return head;
}

std::string_view without_weakness(std::string_view tag) { return tag.starts_with("W/") ? tag.substr(2) : tag; }

}  // namespace

Result<StreamSequence> parse_sequence(std::string_view text) {
  const auto value = to_number(text);
  if (!value) return Error{Errc::kInvalidArgument, "a stream sequence is a decimal number without leading zeros"};
  return StreamSequence{*value};
}

bool is_epoch(std::string_view text) {
  return text.size() == kEpochLength &&
         std::all_of(text.begin(), text.end(), [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); });
}

std::string format_position(std::string_view epoch, StreamSequence sequence) {
  std::string out(epoch);
  out += '-';
  out += std::to_string(sequence.value);
  return out;
}

Result<Position> parse_position(std::string_view text) {
  const auto epoch = cut(text, '-');
  const auto sequence = to_number(text);
  if (!epoch || !is_epoch(*epoch) || !sequence) {
    return Error{Errc::kInvalidArgument, "a position is <epoch>-<sequence>: 8 of a-z and 0-9, a hyphen, a decimal number"};
  }
  return Position{std::string(*epoch), StreamSequence{*sequence}};
}

std::string format_etag(const EntityTag& tag) {
  std::string out = "\"" + format_position(tag.epoch, tag.sequence) + '-' + std::to_string(kProjectionVersion);
  if (tag.related.value != 0) out += '.' + std::to_string(tag.related.value);
  return out + '-' + tag.language + '"';
}

std::optional<EntityTag> parse_etag(std::string_view text) {
  text = without_weakness(trim(text));
  if (text.size() < 2 || text.front() != '"' || text.back() != '"') return std::nullopt;
  text = text.substr(1, text.size() - 2);
  const auto epoch = cut(text, '-');
  const auto sequence = cut(text, '-');
  auto projection = cut(text, '-');
  if (!epoch || !is_epoch(*epoch) || !sequence || !projection) return std::nullopt;
  const auto number = to_number(*sequence);
  std::uint64_t related = 0;
  if (const auto dot = projection->find('.'); dot != std::string_view::npos) {
    const auto value = to_number(projection->substr(dot + 1));
    if (!value) return std::nullopt;
    related = *value;
    projection = projection->substr(0, dot);
  }
  if (!number || !to_number(*projection)) return std::nullopt;
  return EntityTag{std::string(*epoch), StreamSequence{*number}, StreamSequence{related}, std::string(text)};
}

bool if_none_match_matches(std::string_view header, std::string_view etag) {
  const auto wanted = without_weakness(etag);
  header = trim(header);
  if (header == "*") return true;
  while (!header.empty()) {
    const auto comma = header.find(',');
    if (without_weakness(trim(header.substr(0, comma))) == wanted) return true;
    if (comma == std::string_view::npos) return false;
    header.remove_prefix(comma + 1);
  }
  return false;
}

}  // namespace freshet
