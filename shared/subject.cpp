#include "shared/subject.hpp"

#include <sodium/crypto_generichash_blake2b.h>

#include <array>

#include "shared/text.hpp"

namespace freshet {
namespace {

constexpr std::array<std::string_view, 11> kNames{"epoch", "article", "category", "course", "user", "group", "token", "slug", "username", "request", "other"};

std::string join(EntityKind kind, std::string_view token) {
  std::string out = "log.";
  out.append(name_of(kind)).append(1, '.').append(token);
  return out;
}

}  // namespace

std::string_view name_of(EntityKind kind) { return kNames[static_cast<std::size_t>(kind)]; }

std::string article_subject(std::string_view id) { return join(EntityKind::kArticle, id); }
std::string category_subject(std::string_view id) { return join(EntityKind::kCategory, id); }
std::string course_subject(std::string_view id) { return join(EntityKind::kCourse, id); }
std::string user_subject(std::string_view id) { return join(EntityKind::kUser, id); }
std::string group_subject(std::string_view id) { return join(EntityKind::kGroup, id); }
std::string token_subject(std::string_view family) { return join(EntityKind::kToken, family); }
std::string slug_subject(EntityKind kind, std::string_view slug) {
  return join(EntityKind::kSlug, name_of(kind)).append(1, '.').append(slug);
}
std::string username_subject(std::string_view folded_name) { return join(EntityKind::kUsername, subject_token(folded_name)); }
std::string request_subject(std::string_view user, std::string_view hash) {
  return join(EntityKind::kRequest, user).append(1, '.').append(hash);
}

std::string subject_token(std::string_view text) {
  constexpr std::size_t kPlainBytesMax = 64;
  if (text.size() <= kPlainBytesMax) return hex_encode(text);
  std::array<unsigned char, crypto_generichash_blake2b_BYTES> digest{};
  crypto_generichash_blake2b(digest.data(), digest.size(), reinterpret_cast<const unsigned char*>(text.data()), text.size(), nullptr, 0);
  return 'h' + hex_encode(std::string_view(reinterpret_cast<const char*>(digest.data()), digest.size()));
}

LogSubject parse_log_subject(std::string_view subject) {
  if (subject == kEpochSubject) return {EntityKind::kEpoch, {}, {}};
  const auto take = [&subject] {
    const auto dot = subject.find('.');
    const auto token = subject.substr(0, dot);
    subject = dot == std::string_view::npos ? std::string_view{} : subject.substr(dot + 1);
    return token;
  };
  if (take() != "log") return {};
  const auto name = take();
  for (std::size_t i = 1; i + 1 < kNames.size(); ++i) {
    if (kNames[i] != name) continue;
    const auto kind = static_cast<EntityKind>(i);
    const auto first = take();
    return kind == EntityKind::kSlug ? LogSubject{kind, subject, first} : LogSubject{kind, first, subject};
  }
  return {};
}

}  // namespace freshet
