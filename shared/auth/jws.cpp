#include "shared/auth/jws.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <vector>

#include "shared/limits.hpp"
#include "shared/text.hpp"

namespace freshet::jws {
namespace {

Error refused(const char* why) { return Error{Errc::kUnauthenticated, std::string("token refused: ") + why}; }

// Members that change what is signed, encrypt, compress, or bring or point at a key.
constexpr std::array<std::string_view, 8> kForbidden{"crit", "b64", "enc", "zip", "jku", "jwk", "x5u", "x5c"};

bool is_jwt_type(std::string_view type) { return ascii_iequals(type, "JWT") || ascii_iequals(type, "application/jwt"); }

Result<void> read_header(const Json& header, Envelope& out) {
  for (const auto name : kForbidden) {
    if (json_member(header, name) != nullptr) return refused("its header has a member that is not accepted");
  }
  const std::string* algorithm = json_text(header, "alg");
  if (algorithm == nullptr) return refused("it names no algorithm");
  if (*algorithm == "EdDSA") {
    out.algorithm = Algorithm::kEdDsa;
  } else if (*algorithm == "HS256") {
    out.algorithm = Algorithm::kHs256;
  } else {
    return refused("its algorithm is not accepted");
  }
  if (json_member(header, "kid") != nullptr) {
    const std::string* kid = json_text(header, "kid");
    if (kid == nullptr || kid->empty()) return refused("its kid is not a text");
    out.kid = *kid;
  }
  if (json_member(header, "typ") != nullptr) {
    const std::string* type = json_text(header, "typ");
    if (type == nullptr || !is_jwt_type(*type)) return refused("it is not of type JWT");
    out.typed = true;
  }
  return {};
}

}  // namespace

Result<Json> parse_strict(std::string_view text) {
  auto checked = parse_json_object(text);  // depth, UTF-8, NUL
  if (!checked.ok()) return refused("a part is not a JSON object");
  std::vector<std::set<std::string>> open;
  bool twice = false;
  const auto watch = [&](int, Json::parse_event_t event, Json& parsed) {
    if (event == Json::parse_event_t::object_start) open.emplace_back();
    if (event == Json::parse_event_t::object_end) open.pop_back();
    if (event == Json::parse_event_t::key) twice |= !open.back().insert(parsed.get<std::string>()).second;
    return true;
  };
  static_cast<void>(Json::parse(text.begin(), text.end(), watch, /*allow_exceptions=*/false));
  if (twice) return refused("a member is named twice");
  return std::move(checked).value();
}

Result<Envelope> open(std::string_view token) {
  if (token.size() > limits::kTokenBytes) return refused("it is too long");
  if (std::count(token.begin(), token.end(), '.') != 2) return refused("it does not have three parts");
  const std::size_t first = token.find('.');
  const std::size_t last = token.rfind('.');
  const auto header_text = base64url_decode(token.substr(0, first));
  auto payload = base64url_decode(token.substr(first + 1, last - first - 1));
  auto signature = base64url_decode(token.substr(last + 1));
  if (!header_text || !payload || !signature) return refused("a part is not base64url");
  Envelope out;
  FRESHET_TRY(header, parse_strict(*header_text));
  FRESHET_TRY_VOID(read_header(header, out));
  out.signed_text = token.substr(0, last);
  out.payload = std::move(*payload);
  out.signature = std::move(*signature);
  return out;
}

}  // namespace freshet::jws
