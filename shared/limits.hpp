// Limits: every bound that a client can meet, in one table (CONTRACT 1). Tested at n and n + 1.
//
// Units     `_bytes`, `_code_points`, `_s` as named; plain counts otherwise
#pragma once

#include <cstddef>
#include <cstdint>

namespace freshet::limits {

inline constexpr std::size_t kArticleBodyBytes = 3u << 20;
inline constexpr std::size_t kJsonBodyBytes = 1u << 20;
inline constexpr std::size_t kUploadBytes = 25u << 20;
inline constexpr std::uint64_t kAttachmentsPerUserBytes = 1ull << 30;
inline constexpr std::size_t kHeadersBytes = 16u << 10;
inline constexpr std::size_t kUrlBytes = 8u << 10;
inline constexpr std::size_t kWebSocketMessageBytes = 64u << 10;
inline constexpr std::size_t kTokenBytes = 8u << 10;

inline constexpr std::size_t kTitleCodePoints = 200;
inline constexpr std::size_t kSlugCodePoints = 100;
inline constexpr std::size_t kExcerptCodePoints = 500;
inline constexpr std::size_t kArticleContentCodePoints = 512u << 10;  // in each language
inline constexpr std::size_t kCourseDescriptionCodePoints = 10'000;
inline constexpr std::size_t kChatMessageCodePoints = 10'000;
inline constexpr std::size_t kCommentCodePoints = 5'000;
inline constexpr std::size_t kUsernameCodePointsMin = 3;
inline constexpr std::size_t kUsernameCodePoints = 150;
inline constexpr std::size_t kPasswordCodePointsMin = 8;
inline constexpr std::size_t kPasswordCodePoints = 1024;
inline constexpr std::size_t kNameCodePoints = 150;

inline constexpr std::size_t kBulkIds = 500;
inline constexpr std::size_t kBulkEventsBytes = 32u << 20;
inline constexpr std::size_t kJsonDepth = 32;
inline constexpr std::size_t kPageSizeDefault = 20;
inline constexpr std::size_t kPageSize = 100;
inline constexpr std::size_t kLatest = 20;
inline constexpr std::size_t kSearchCodePoints = 200;
inline constexpr std::size_t kIdempotencyKeyBytes = 255;

inline constexpr std::uint32_t kConnectionsPerUser = 10;
inline constexpr std::uint32_t kConnectionsPerIp = 200;
inline constexpr std::uint32_t kLoginFailuresPerAccount = 10;
inline constexpr std::uint32_t kLoginFailuresPerIp = 100;
inline constexpr std::uint32_t kLoginWindow_s = 15 * 60;

}  // namespace freshet::limits
