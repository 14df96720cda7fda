#include "functions/api/body.hpp"

#include "shared/text.hpp"

namespace freshet::api {
namespace {

bool is_lower_hex(std::string_view text) { return text.find_first_not_of("0123456789abcdef") == std::string_view::npos; }
bool is_zero(std::string_view text) { return text.find_first_not_of('0') == std::string_view::npos; }

std::string_view cut(std::string_view& text, char mark) {
  const std::size_t at = text.find(mark);
  const std::string_view head = trim(text.substr(0, at));
  text.remove_prefix(at == std::string_view::npos ? text.size() : at + 1);
  return head;
}

}  // namespace

bool is_json_type(std::string_view content_type) {
  const std::string_view type = cut(content_type, ';');
  constexpr std::string_view kApplication = "application/";
  const bool suffixed = type.size() > kApplication.size() + 5 && ascii_iequals(type.substr(0, kApplication.size()), kApplication) &&
                        ascii_iequals(type.substr(type.size() - 5), "+json");
  if (!ascii_iequals(type, "application/json") && !suffixed) return false;
  while (!content_type.empty()) {
    std::string_view parameter = cut(content_type, ';');
    if (!ascii_iequals(cut(parameter, '='), "charset")) continue;
    parameter = trim(parameter);
    if (!ascii_iequals(parameter, "utf-8") && !ascii_iequals(parameter, "\"utf-8\"")) return false;
  }
  return true;
}

std::string_view traceparent_of(const Request& request) {
  const std::string* header = request.header("traceparent");
  if (header == nullptr) return {};
  const std::string_view text = *header;
  if (text.size() != 55 || text[2] != '-' || text[35] != '-' || text[52] != '-') return {};
  const std::string_view version = text.substr(0, 2), trace = text.substr(3, 32), parent = text.substr(36, 16), flags = text.substr(53, 2);
  const bool good =
      version == "00" && is_lower_hex(trace) && is_lower_hex(parent) && is_lower_hex(flags) && !is_zero(trace) && !is_zero(parent);
  return good ? text : std::string_view();
}

}  // namespace freshet::api
