#include "broker/server/standing.hpp"

#include "shared/auth/token_family.hpp"
#include "shared/domain/user.hpp"
#include "shared/subject.hpp"

namespace freshet::broker {
namespace {

constexpr std::chrono::minutes kSweep{1};

std::optional<Revocation> read_revocation(std::string_view subject, std::string_view payload) {
  const LogSubject named = parse_log_subject(subject);
  if (named.kind == EntityKind::kToken) {
    const auto family = decode_token_family(payload);
    if (family.ok() && family->revoked) return Revocation{std::string(named.id), {}, {}};
  } else if (named.kind == EntityKind::kUser) {
    const auto user = decode_user(payload);
    if (!user.ok() || !user->active) return Revocation{{}, std::string(named.id), WallTime::max()};  // closed, or taken out of the log
    if (user->tokens_valid_from > WallTime{}) return Revocation{{}, std::string(named.id), user->tokens_valid_from};
  }
  return std::nullopt;
}

}  // namespace

std::optional<Revocation> Standing::note(std::string_view subject, std::string_view payload) {
  auto revocation = read_revocation(subject, payload);
  const LogSubject named = parse_log_subject(subject);
  const std::lock_guard lock(mutex_);
  const WallTime now = clock_.wall();
  if (now - swept_at_ >= kSweep) {
    swept_at_ = now;
    std::erase_if(noted_, [&](const auto& one) { return now - one.second.at > kAccessLifetime; });
  }
  if (revocation) {
    noted_.insert_or_assign(std::string(named.id), Noted{*revocation, now});
  } else if (named.kind == EntityKind::kUser) {
    noted_.erase(std::string(named.id));  // open again
  }
  return revocation;
}

bool Standing::refuses(const Holder& holder) const {
  const std::lock_guard lock(mutex_);
  for (const std::string& key : {holder.family, holder.id}) {
    if (const auto found = noted_.find(key); !key.empty() && found != noted_.end() && found->second.revocation.hits(holder)) return true;
  }
  return false;
}

}  // namespace freshet::broker
