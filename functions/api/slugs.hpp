// A slug for something that its author gave none.
#pragma once

#include <string>
#include <string_view>

#include "shared/domain/language.hpp"
#include "shared/random.hpp"
#include "shared/text.hpp"

namespace freshet::api {

enum class SlugTry : std::uint8_t { kPlain, kWithRandom };

// The title's own letters; with random ones behind them when those were taken or are reserved, and only random ones when the title has
// none that a slug may have (Thai).
[[nodiscard]] inline std::string make_slug(std::string_view title, SlugTry how, Random& random) {
  constexpr std::size_t kRandomLength = 8;
  std::string slug = slugify(title);
  if (!slug.empty() && how == SlugTry::kPlain && !is_reserved_slug(slug)) return slug;
  if (slug.empty()) return "a-" + random_token(random, kRandomLength);
  return slug + '-' + random_token(random, kRandomLength);
}

}  // namespace freshet::api
