#include "shared/projection/paging.hpp"

#include <algorithm>

#include "shared/text.hpp"

namespace freshet {
namespace {

Error bad_field(std::string_view name, std::string why) {
  Error error{Errc::kInvalidArgument, "a parameter is not valid"};
  error.fields[std::string(name)].push_back(std::move(why));
  return error;
}

Result<std::int64_t> positive(const Json& parameters, std::string_view name, std::int64_t otherwise) {
  if (json_member(parameters, name) == nullptr) return otherwise;
  const auto value = json_integer(parameters, name);
  if (!value || *value < 1) return bad_field(name, "expected a number from 1");
  return *value;
}

// What goes into the Link header between `<` and `>`, and into a query.
bool is_path(std::string_view path) {
  const bool plain = std::all_of(path.begin(), path.end(), [](char c) { return c > 0x20 && c < 0x7f && c != '<' && c != '>' && c != '"'; });
  return plain && path.starts_with('/');
}

std::string with_parameter(std::string_view path, std::string_view name, std::string_view value) {
  std::string out(path);
  out.append(path.find('?') == std::string_view::npos ? "?" : "&").append(name).append("=").append(value);
  return out;
}

struct Neighbours {
  std::string next;
  std::string previous;
};

PageAnswer compose(std::int64_t count, const Neighbours& beside, const std::vector<Row>& rows) {
  PageAnswer answer;
  std::size_t size = 128;
  for (const Row& row : rows) size += row.json.size() + 1;
  answer.body.reserve(size);
  JsonWriter writer(answer.body);
  writer.begin_object().key("count").number(count);
  const auto side = [&](std::string_view name, std::string_view relation, const std::string& address) {
    writer.key(name);
    if (address.empty()) {
      writer.null();
      return;
    }
    writer.text(address);
    if (!answer.link.empty()) answer.link += ", ";
    answer.link.append("<").append(address).append(">; rel=\"").append(relation).append("\"");
  };
  side("next", "next", beside.next);
  side("previous", "prev", beside.previous);
  writer.key("results").begin_array();
  for (const Row& row : rows) writer.raw(row.json);
  writer.end_array().end_object();
  return answer;
}

Result<PageAnswer> answer_numbered(const PageRequest& request, std::int64_t count, const Fetch& fetch) {
  const std::int64_t last = std::max<std::int64_t>(1, (count + request.page_size - 1) / request.page_size);
  if (request.page > last) return Error{Errc::kNotFound, "there are " + std::to_string(last) + " pages"};
  const auto offset = static_cast<std::size_t>((request.page - 1) * request.page_size);
  FRESHET_TRY(rows, fetch(Stretch{Walk::kForward, {}, offset, static_cast<std::size_t>(request.page_size)}));
  Neighbours beside;
  if (request.page < last) beside.next = with_parameter(request.path, "page", std::to_string(request.page + 1));
  if (request.page > 1) beside.previous = with_parameter(request.path, "page", std::to_string(request.page - 1));
  return compose(count, beside, rows);
}

Result<PageAnswer> answer_keyset(const PageRequest& request, std::int64_t count, const Fetch& fetch) {
  const Walk walk = request.cursor ? request.cursor->walk : Walk::kForward;
  const std::string_view beyond = request.cursor ? std::string_view(request.cursor->key) : std::string_view();
  const auto size = static_cast<std::size_t>(request.page_size);
  FRESHET_TRY(rows, fetch(Stretch{walk, beyond, 0, size + 1}));
  const bool more_ahead = rows.size() > size;
  if (more_ahead) rows.pop_back();
  bool more_behind = false;
  if (request.cursor) {
    const std::string_view from = rows.empty() ? beyond : std::string_view(rows.front().key);
    FRESHET_TRY(behind, fetch(Stretch{walk == Walk::kForward ? Walk::kBackward : Walk::kForward, from, 0, 1}));
    more_behind = !behind.empty();
  }
  if (walk == Walk::kBackward) std::reverse(rows.begin(), rows.end());
  const bool more_after = walk == Walk::kForward ? more_ahead : more_behind;
  const bool more_before = walk == Walk::kForward ? more_behind : more_ahead;
  const auto address = [&](Walk to, std::string_view edge) {
    return with_parameter(request.path, "cursor", encode_cursor(Cursor{to, std::string(edge)}));
  };
  Neighbours beside;
  if (more_after) beside.next = address(Walk::kForward, rows.empty() ? beyond : std::string_view(rows.back().key));
  if (more_before) beside.previous = address(Walk::kBackward, rows.empty() ? beyond : std::string_view(rows.front().key));
  return compose(count, beside, rows);
}

}  // namespace

std::string encode_cursor(const Cursor& cursor) { return base64url_encode((cursor.walk == Walk::kForward ? "n" : "p") + cursor.key); }

Result<Cursor> decode_cursor(std::string_view text, std::size_t key_bytes) {
  const auto bytes = base64url_decode(text);
  if (!bytes || bytes->size() != key_bytes + 1 || (bytes->front() != 'n' && bytes->front() != 'p')) {
    return bad_field("cursor", "expected a cursor that an answer of this list gave");
  }
  return Cursor{bytes->front() == 'n' ? Walk::kForward : Walk::kBackward, bytes->substr(1)};
}

Result<PageRequest> parse_page_request(const Json& parameters, std::size_t key_bytes) {
  PageRequest request;
  FRESHET_TRY(page, positive(parameters, "page", 1));
  FRESHET_TRY(page_size, positive(parameters, "page_size", limits::kPageSizeDefault));
  request.page = page;
  request.page_size = std::min<std::int64_t>(page_size, limits::kPageSize);
  request.path = json_text_or(parameters, "path", "/");
  if (!is_path(request.path)) return bad_field("path", "expected an absolute path of printable ASCII");
  if (json_member(parameters, "cursor") == nullptr) return request;
  const std::string* cursor = json_text(parameters, "cursor");
  if (cursor == nullptr) return bad_field("cursor", "expected text");
  request.keyset = true;
  if (cursor->empty()) return request;
  FRESHET_TRY(decoded, decode_cursor(*cursor, key_bytes));
  request.cursor = std::move(decoded);
  return request;
}

Result<PageAnswer> answer_page(const PageRequest& request, std::int64_t count, const Fetch& fetch) {
  return request.keyset ? answer_keyset(request, count, fetch) : answer_numbered(request, count, fetch);
}

}  // namespace freshet
