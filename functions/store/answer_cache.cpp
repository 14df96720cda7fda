#include "functions/store/answer_cache.hpp"

#include <iterator>

namespace freshet::store {

const Answer* AnswerCache::get(const std::string& question, const Queries& queries) {
  const auto found = by_question_.find(question);
  if (found == by_question_.end()) return nullptr;
  const auto entry = found->second;
  if (queries.touched(entry->answer.depends) != entry->touched) {
    erase(entry);
    return nullptr;
  }
  entries_.splice(entries_.begin(), entries_, entry);
  return &entry->answer;
}

void AnswerCache::put(std::string question, Answer answer, const Queries& queries) {
  if (question.size() + answer.body.size() > kAnswerBytesMax) return;
  if (const auto found = by_question_.find(question); found != by_question_.end()) erase(found->second);
  const std::uint64_t touched = queries.touched(answer.depends);
  entries_.push_front(Entry{std::move(question), std::move(answer), touched});
  by_question_.emplace(entries_.front().question, entries_.begin());
  bytes_ += size_of(entries_.front());
  while (bytes_ > kBytesMax) erase(std::prev(entries_.end()));
}

void AnswerCache::erase(Entries::iterator entry) {
  bytes_ -= size_of(*entry);
  by_question_.erase(entry->question);
  entries_.erase(entry);
}

void AnswerCache::clear() {
  by_question_.clear();
  entries_.clear();
  bytes_ = 0;
}

}  // namespace freshet::store
