#include "functions/api/answer_cache.hpp"

#include <functional>
#include <utility>

#include "functions/api/conditional.hpp"
#include "shared/id.hpp"

namespace freshet::api {
namespace {

constexpr std::string_view kInvalidate = "live.invalidate.";
constexpr std::size_t kOverheadBytes = 1024;  // of an entry beside its texts, here and in the host

// One article's answer begins with its id; a list begins otherwise.
std::string_view article_of(std::string_view body) {
  constexpr std::string_view kStart = "{\"id\":\"";
  if (!body.starts_with(kStart)) return {};
  const std::string_view id = body.substr(kStart.size(), 26);
  return is_id(id) ? id : std::string_view();
}

std::size_t bytes_of(const HeaderList& headers) {
  std::size_t bytes = 0;
  for (const auto& [name, value] : headers) bytes += name.size() + value.size();
  return bytes;
}

}  // namespace

void AnswerCache::follow(std::uint64_t generation) {
  if (generation == generation_) return;
  clear();
  generation_ = generation;
}

AnswerCache::Entry* AnswerCache::find(std::string_view target) {
  const auto found = places_.find(target);
  if (found == places_.end()) return nullptr;
  if (found->second != entries_.begin()) entries_.splice(entries_.begin(), entries_, found->second);
  return &*found->second;
}

bool AnswerCache::asked_before(std::string_view target) {
  const std::size_t hash = std::hash<std::string_view>{}(target);
  return std::exchange(asked_[hash % asked_.size()], hash) == hash;
}

void AnswerCache::keep(std::string_view target, Response full) {
  const std::string* etag = find_header(full.headers, "etag");
  if (etag == nullptr || full.body.size() > kAnswerBytesMax) return;
  if (const auto known = places_.find(target); known != places_.end()) drop(known->second);
  Entry entry;
  entry.target = target;
  entry.etag = *etag;
  entry.article = article_of(full.body);
  entry.bytes = kOverheadBytes + target.size() + full.body.size() + 2 * bytes_of(full.headers);
  entry.unchanged.response = not_modified(full);
  entry.full.response = std::move(full);
  make_room(entry.bytes);
  bytes_ += entry.bytes;
  entries_.push_front(std::move(entry));
  places_.emplace(entries_.front().target, entries_.begin());
}

void AnswerCache::invalidate(std::string_view subject) {
  if (!subject.starts_with(kInvalidate)) return;
  subject.remove_prefix(kInvalidate.size());
  const std::size_t dot = subject.find('.');
  const std::string_view kind = subject.substr(0, dot);
  const std::string_view id = dot == std::string_view::npos ? std::string_view() : subject.substr(dot + 1);
  if (kind == "group" || kind == "token") return;  // no public answer shows them
  if ((kind != "article" && kind != "course") || id == "all") {  // a name that articles show changed, or the read model was built anew
    clear();
    return;
  }
  for (auto entry = entries_.begin(); entry != entries_.end();) {
    const auto next = std::next(entry);
    if (entry->article.empty() || entry->article == id) drop(entry);
    entry = next;
  }
}

void AnswerCache::drop(Entries::iterator entry) {
  bytes_ -= entry->bytes;
  places_.erase(entry->target);
  entries_.erase(entry);
}

void AnswerCache::clear() {
  places_.clear();
  entries_.clear();
  bytes_ = 0;
}

void AnswerCache::make_room(std::size_t bytes) {
  while (!entries_.empty() && (entries_.size() >= kEntriesMax || bytes_ + bytes > kBytesMax)) drop(std::prev(entries_.end()));
}

}  // namespace freshet::api
