#include "shared/event.hpp"

#include <array>
#include <optional>

#include "shared/id.hpp"

namespace freshet {
namespace {

constexpr std::array<std::string_view, 5> kChanges{"created", "updated", "published", "unpublished", "deleted"};

std::optional<Change> parse_change(std::string_view name) {
  for (std::size_t i = 0; i < kChanges.size(); ++i) {
    if (kChanges[i] == name) return static_cast<Change>(i);
  }
  return std::nullopt;
}

char mark(Visibility visibility) { return visibility == Visibility::kPublic ? '1' : '0'; }
Visibility visibility(char mark) { return mark == '1' ? Visibility::kPublic : Visibility::kHidden; }

std::string text_of(const HeaderList& headers, std::string_view name) {
  const std::string* value = find_header(headers, name);
  return value != nullptr ? *value : std::string();
}

}  // namespace

std::string_view name_of(Change change) { return kChanges[static_cast<std::size_t>(change)]; }

Event make_event(std::string_view kind, Change change, WallTime now, Random& random) {
  Event event;
  event.id = make_id(now, random);
  event.type.append("freshet.").append(kind).append(1, '.').append(name_of(change));
  event.time = now;
  event.change = change;
  return event;
}

HeaderList event_headers(const Event& event) {
  HeaderList headers{{"ce-specversion", "1.0"},
                     {"ce-id", event.id},
                     {"ce-type", event.type},
                     {"ce-source", "/freshet/functions"},
                     {"ce-time", format_time(event.time)},
                     {"content-type", "application/json"},
                     {"Freshet-Change", std::string(name_of(event.change))},
                     {"Freshet-Public", {mark(event.before), mark(event.now)}}};
  if (!event.languages.empty()) headers.emplace_back("Freshet-Languages", event.languages);
  if (!event.traceparent.empty()) headers.emplace_back("traceparent", event.traceparent);
  return headers;
}

Result<Event> parse_event(const HeaderList& headers) {
  Event event;
  event.id = text_of(headers, "ce-id");
  event.type = text_of(headers, "ce-type");
  const auto time = parse_time(text_of(headers, "ce-time"));
  const auto change = parse_change(text_of(headers, "Freshet-Change"));
  const std::string marks = text_of(headers, "Freshet-Public");
  if (event.id.empty() || event.type.empty() || !time || !change) {
    return Error{Errc::kInvalidArgument, "an event needs the headers ce-id, ce-type, ce-time and Freshet-Change"};
  }
  if (marks.size() != 2 || marks.find_first_not_of("01") != std::string::npos) {
    return Error{Errc::kInvalidArgument, "Freshet-Public is two of 0 and 1, got '" + marks + "'"};
  }
  event.time = *time;
  event.change = *change;
  event.before = visibility(marks[0]);
  event.now = visibility(marks[1]);
  event.languages = text_of(headers, "Freshet-Languages");
  event.traceparent = text_of(headers, "traceparent");
  return event;
}

}  // namespace freshet
