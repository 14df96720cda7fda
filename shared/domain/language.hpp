// Language: the two languages of the content, and which one a reader is shown.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace freshet {

enum class Language : std::uint8_t { kEnglish, kThai };
inline constexpr std::array kLanguages{Language::kEnglish, Language::kThai};

[[nodiscard]] constexpr std::size_t index_of(Language language) { return static_cast<std::size_t>(language); }
[[nodiscard]] constexpr std::string_view code_of(Language language) { return language == Language::kEnglish ? "en" : "th"; }
[[nodiscard]] constexpr Language other(Language language) { return language == Language::kEnglish ? Language::kThai : Language::kEnglish; }
[[nodiscard]] constexpr std::optional<Language> parse_language(std::string_view code) {
  if (code == "en") return Language::kEnglish;
  if (code == "th") return Language::kThai;
  return std::nullopt;
}

// One optional value for each language; `shown` is the asked one, else the other.
template <typename T>
struct ByLanguage {
  std::array<std::optional<T>, kLanguages.size()> values{};

  [[nodiscard]] std::optional<T>& operator[](Language language) { return values[index_of(language)]; }
  [[nodiscard]] const std::optional<T>& operator[](Language language) const { return values[index_of(language)]; }
  [[nodiscard]] Language shown_language(Language asked) const {
    return !(*this)[asked] && (*this)[other(asked)] ? other(asked) : asked;
  }
  [[nodiscard]] const T* shown(Language asked) const {
    const auto& value = (*this)[shown_language(asked)];
    return value ? &*value : nullptr;
  }
  [[nodiscard]] bool empty() const { return !values[0] && !values[1]; }
  bool operator==(const ByLanguage&) const = default;
};

}  // namespace freshet
