// Course: what an academy offers, with its state in the log and its faces on the wire.
//
// Shape     state in the log (`log.course.<id>`): {"id","slug","title","description","status","was"?,"created_at","updated_at"};
//           a deleted one: {"id","slug","deleted":true,"was"?,"updated_at"}
//           `was` {"slug","title"}: the names under which everybody knew it, in the one state that takes it from them. They are told
//           that these are gone; what the same write renamed them to is a draft's, and nobody's business.
// Source    CONTRACT 4
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "shared/domain/publication.hpp"
#include "shared/json.hpp"

namespace freshet {

struct Course {
  struct Names {
    std::string slug;
    std::string title;
    bool operator==(const Names&) const = default;
  };

  std::string id;
  std::string slug;
  std::string title;
  std::string description;  // plain text
  PublicationStatus status = PublicationStatus::kDraft;
  std::optional<Names> was;
  WallTime created_at{};
  WallTime updated_at{};
  bool deleted = false;
  bool operator==(const Course&) const = default;
};

[[nodiscard]] std::string encode_course(const Course& course);         // state for the log
[[nodiscard]] Result<Course> decode_course(std::string_view payload);  // state from the log

// `now` as the state that follows `before` (nullptr: there was none): with `was` exactly where it ends being public.
[[nodiscard]] Course following(const Course* before, Course now);

enum class CourseShape : std::uint8_t {
  kFull,  // everything: lists, single ones and frames alike
  kGone,  // `id`, `slug`, `title`: withdrawn and deleted, by the names that everybody knew
};
void append_course(JsonWriter& writer, const Course& course, CourseShape shape);

}  // namespace freshet
