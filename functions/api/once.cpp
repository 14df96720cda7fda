#include "functions/api/once.hpp"

#include <sodium.h>

#include <algorithm>
#include <array>

#include "functions/api/names.hpp"
#include "shared/check.hpp"
#include "shared/json.hpp"
#include "shared/limits.hpp"
#include "shared/subject.hpp"
#include "shared/text.hpp"

namespace freshet::api {
namespace {

constexpr std::chrono::hours kClaimTtl{1};

// BLAKE2b-256 over what makes the call: each part with its length, so that no two calls run into the same bytes.
std::string digest_of(const Request& request) {
  crypto_generichash_state state;
  std::array<std::uint8_t, 32> out{};
  crypto_generichash_init(&state, nullptr, 0, out.size());
  for (const std::string_view part : {name_of(request.method), std::string_view(request.target), std::string_view(request.body)}) {
    const std::string length = std::to_string(part.size()) + ':';
    crypto_generichash_update(&state, reinterpret_cast<const std::uint8_t*>(length.data()), length.size());
    crypto_generichash_update(&state, reinterpret_cast<const std::uint8_t*>(part.data()), part.size());
  }
  crypto_generichash_final(&state, out.data(), out.size());
  return hex_encode({reinterpret_cast<const char*>(out.data()), out.size()});
}

bool is_key(std::string_view key) {
  const auto printable = [](char c) { return c >= 0x20 && c < 0x7F; };
  return !key.empty() && key.size() <= limits::kIdempotencyKeyBytes && std::all_of(key.begin(), key.end(), printable);
}

}  // namespace

Result<Once> Once::of(const Request& request, const Context& context) {
  Once once;
  const std::string* header = request.header("idempotency-key");
  if (header == nullptr || !context.principal) return once;
  const std::string_view key = trim(*header);
  if (!is_key(key)) {
    return Error{Errc::kInvalidArgument,
                 "an Idempotency-Key has 1 to " + std::to_string(limits::kIdempotencyKeyBytes) + " printable characters"};
  }
  once.subject_ = request_subject(subject_token(context.principal->id), subject_token(key));
  once.digest_ = digest_of(request);
  return once;
}

Result<std::optional<Kept>> Once::kept(Context& context) const {
  if (!keyed()) return std::optional<Kept>();
  FRESHET_TRY(claim, context.log.read(subject_));
  if (claim.free()) return std::optional<Kept>();
  FRESHET_TRY(state, parse_json_object(claim.payload));
  if (json_text_or(state, "digest", "") != digest_) {
    return Error{Errc::kKeyReused, "this Idempotency-Key was used for another call within the last hour"};
  }
  Kept kept;
  kept.status = static_cast<std::uint16_t>(json_integer(state, "status").value_or(200));
  kept.body = json_text_or(state, "body", "");
  kept.event_distance = static_cast<std::uint64_t>(json_integer(state, "event_distance").value_or(0));
  kept.sequence = claim.sequence;
  return std::optional<Kept>(std::move(kept));
}

Append Once::claim(const Kept& kept) const {
  FRESHET_CHECK(keyed());
  Append claim{subject_, {{"content-type", "application/json"}}, {}, StreamSequence{0}, kClaimTtl};
  JsonWriter writer(claim.payload);
  writer.begin_object().field("digest", digest_).key("status").number(kept.status);
  if (!kept.body.empty()) writer.field("body", kept.body);
  writer.key("event_distance").number(static_cast<std::int64_t>(kept.event_distance)).end_object();
  return claim;
}

Result<Created> commit_create(Log& log, const Once& once, std::vector<Append> appends, std::string body) {
  if (once.keyed()) appends.push_back(once.claim(Kept{201, std::move(body), 1, {}}));
  FRESHET_TRY(position, commit(log, appends));
  return Created{StreamSequence{position.value - (once.keyed() ? 1 : 0)}, position};
}

}  // namespace freshet::api
