// Standing: which tokens the log has taken back, so that no stream opens with one and open ones end.
//
// Shape     fed with every message of `log.token.<family>` and `log.user.<id>`; a family that was revoked, or an account that was closed
//           or changed, takes back its tokens (shared/auth/token_family.hpp). What was taken back longer ago than an access token lives is forgotten:
//           every token of then has expired.
// Threads   any
// Source    CONTRACT 2 (streams closed within 1 s), 8; DESIGN "Tokens"
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "shared/auth/jwt.hpp"
#include "shared/clock.hpp"

namespace freshet::broker {

// Whom a stream belongs to, and for how long.
struct Holder {
  std::string user;  // key for the caps: users of another system cannot take the places of ours
  std::string id;  // subject of his token
  std::string family;  // empty for a token of another system
  WallTime issued_at{};
  WallTime expires_at{};
  bool staff = false;
};

// Tokens of `family`, or those of `user` issued before `valid_from`, hold no more.
struct Revocation {
  std::string family;
  std::string user;
  WallTime valid_from{};

  [[nodiscard]] bool hits(const Holder& holder) const {
    return family.empty() ? holder.id == user && holder.issued_at < valid_from : holder.family == family;
  }
};

class Standing {
 public:
  explicit Standing(const Clock& clock) : clock_(clock) {}
  // What a message of the log takes back, or nothing.
  [[nodiscard]] std::optional<Revocation> note(std::string_view subject, std::string_view payload);
  [[nodiscard]] bool refuses(const Holder& holder) const;

 private:
  struct Noted {
    Revocation revocation;
    WallTime at{};
  };
  const Clock& clock_;
  mutable std::mutex mutex_;
  std::map<std::string, Noted, std::less<>> noted_;  // by family or user
  WallTime swept_at_{};
};

}  // namespace freshet::broker
