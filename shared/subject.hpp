// Subject: the names of the log's subjects, made and read in this one place.
//
// Shape     `log.<kind>.<tokens…>`; tokens never come from a user unescaped: ids are ULIDs, slugs match [a-z0-9-], other user
//           text is lower-case hex of its UTF-8, or over 64 bytes `h` and the hex of its BLAKE2b-256 (made by the caller).
// Source    DESIGN "Log"; NATS subjects (no space, `*`, `>`; `.` separates tokens)
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace freshet {

inline constexpr std::string_view kLogStream = "LOG";
inline constexpr std::string_view kStatsStream = "STATS";
inline constexpr std::string_view kThrottleStream = "THROTTLE";
inline constexpr std::string_view kEpochSubject = "log.epoch";

enum class EntityKind : std::uint8_t { kEpoch, kArticle, kCategory, kCourse, kUser, kGroup, kToken, kSlug, kUsername, kRequest, kOther };

[[nodiscard]] std::string_view name_of(EntityKind kind);  // `article`, `category`, …

[[nodiscard]] std::string article_subject(std::string_view id);
[[nodiscard]] std::string category_subject(std::string_view id);
[[nodiscard]] std::string course_subject(std::string_view id);
[[nodiscard]] std::string user_subject(std::string_view id);
[[nodiscard]] std::string group_subject(std::string_view id);
[[nodiscard]] std::string token_subject(std::string_view family);
[[nodiscard]] std::string slug_subject(EntityKind kind, std::string_view slug);
[[nodiscard]] std::string username_subject(std::string_view folded_name);  // at most 64 bytes are hex; longer: see `subject_token`
[[nodiscard]] std::string request_subject(std::string_view user, std::string_view hash);

// User text as one token. Text over 64 bytes is replaced by `h` + hex of the BLAKE2b-256 that the build's libsodium makes.
[[nodiscard]] std::string subject_token(std::string_view text);

// What a subject of the log names. Views into the subject given.
struct LogSubject {
  EntityKind kind = EntityKind::kOther;
  std::string_view id;    // the entity's id; for a slug claim the slug
  std::string_view rest;  // tokens behind it, if any; for a slug claim the kind's name
};
[[nodiscard]] LogSubject parse_log_subject(std::string_view subject);

}  // namespace freshet
