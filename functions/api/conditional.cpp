#include "functions/api/conditional.hpp"

#include <algorithm>
#include <array>

#include "shared/text.hpp"

namespace freshet::api {

IfMatch::IfMatch(const Request& request) {
  for (const auto& [name, value] : request.headers) {
    if (!ascii_iequals(name, "if-match")) continue;
    given_ = true;
    for (std::string_view rest = value; !rest.empty();) {  // no tag of ours holds a comma
      const std::size_t comma = rest.find(',');
      const std::string_view entry = trim(rest.substr(0, comma));
      rest.remove_prefix(comma == std::string_view::npos ? rest.size() : comma + 1);
      if (entry == "*") any_ = true;
      if (auto tag = parse_etag(entry)) tags_.push_back(std::move(*tag));
    }
  }
}

bool IfMatch::allows(std::string_view epoch, StreamSequence sequence) const {
  if (!given_ || any_) return true;
  for (const EntityTag& tag : tags_) {
    if (tag.epoch == epoch && tag.sequence == sequence) return true;
  }
  return false;
}

std::string cache_control(const Settings& settings, Audience audience) {
  if (audience == Audience::kUser) return "private, no-store";
  return "public, max-age=0, s-maxage=" + std::to_string(settings.list_max_age_s);
}

Response not_modified(const Response& full) {
  constexpr std::array<std::string_view, 3> kOfTheBody{"content-type", "link", "x-content-type-options"};
  Response response;
  response.status = 304;
  response.stands_for = full.body.size();
  for (const auto& header : full.headers) {
    if (std::find(kOfTheBody.begin(), kOfTheBody.end(), header.first) == kOfTheBody.end()) response.headers.push_back(header);
  }
  return response;
}

Response read_response(const Request& request, const Settings& settings, Audience audience, Answer answer) {
  Response response;
  response.set("content-type", "application/json").set("etag", answer.etag).set("freshet-position", std::move(answer.position));
  response.set("cache-control", cache_control(settings, audience));
  if (!answer.link.empty()) response.set("link", std::move(answer.link));
  response.body = std::move(answer.body);
  if (has_already(request.headers, answer.etag)) return not_modified(response);
  return response;
}

Result<std::string> min_position(const Request& request) {
  const std::string* header = request.header("freshet-min-position");
  if (header == nullptr || trim(*header).empty()) return std::string();
  FRESHET_TRY(position, parse_position(trim(*header)));
  return format_position(position.epoch, position.sequence);
}

}  // namespace freshet::api
