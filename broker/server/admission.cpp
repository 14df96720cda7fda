#include "broker/server/admission.hpp"

#include <arpa/inet.h>

#include <array>

namespace freshet::broker {
namespace {

std::string text_of(in_addr address) {
  std::array<char, INET_ADDRSTRLEN> out{};
  ::inet_ntop(AF_INET, &address, out.data(), out.size());
  return out.data();
}

// Compares all of it, whatever differs first.
bool same_secret(std::string_view a, std::string_view b) {
  unsigned difference = a.size() == b.size() ? 0 : 1;
  for (std::size_t i = 0; i < a.size() && i < b.size(); ++i) difference |= static_cast<unsigned char>(a[i] ^ b[i]);
  return difference == 0;
}

Error too_many(std::string_view whose) { return Error{Errc::kTooManyRequests, "too many streams " + std::string(whose), {}, 5}; }

}  // namespace

std::string Admission::address_of(const Request& request, in_addr peer) const {
  const auto named = request.header("X-Real-IP");
  const bool by_proxy = !settings_.proxy_secret.empty() && same_secret(request.header("X-Freshet-Proxy-Secret"), settings_.proxy_secret);
  return by_proxy && !named.empty() && named.size() <= INET6_ADDRSTRLEN ? std::string(named) : text_of(peer);
}

Result<std::optional<Holder>> Admission::identify(const Request& request, const Endpoint& endpoint) {
  if (origin_of(request) == OriginCheck::kRefused) return Error{Errc::kForbidden, "pages of this origin may not open streams here"};
  FRESHET_TRY(holder, authenticator_.identify(request));
  if (endpoint.access != Access::kAnybody && !holder) return Error{Errc::kUnauthenticated, "a token is needed here"};
  if (endpoint.access == Access::kStaff && !holder->staff) return Error{Errc::kForbidden, "only staff may follow this"};
  return holder;
}

Result<Admitted> Admission::admit(const Request& request, in_addr peer, std::optional<Holder> holder) {
  auto of_ip = per_ip_.take(address_of(request, peer));
  if (!of_ip) return too_many("from this address");
  auto of_user = holder ? per_user_.take(holder->user) : Caps::Place();
  if (!of_user) return too_many("of this user");
  return Admitted{std::move(holder), std::move(*of_ip), std::move(*of_user)};
}

Result<Holder> Admission::renew(std::string_view token, const Holder* before, Caps::Place& of_user) {
  FRESHET_TRY(holder, authenticator_.identify_token(token));
  if (before != nullptr && before->user != holder.user) return Error{Errc::kForbidden, "the token is another user's"};
  if (before == nullptr) {
    auto place = per_user_.take(holder.user);
    if (!place) return too_many("of this user");
    of_user = std::move(*place);
  }
  return std::move(holder);
}

}  // namespace freshet::broker
