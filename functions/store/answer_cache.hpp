// AnswerCache: encoded answers of questions that are asked often.
//
// Shape     the key is the question as it came, name and parameters byte for byte; an answer is kept with the touch (Queries::touched) of what
//           it was made from, and is right exactly as long as that has not moved: nothing is invalidated, nothing expires
// Bounds    kBytesMax of keys and bodies, an answer of at most kAnswerBytesMax; the least recently asked goes first
// Lifetime  an answer lives until the next put() or clear()
#pragma once

#include <list>
#include <string>
#include <string_view>
#include <unordered_map>

#include "shared/projection/queries.hpp"

namespace freshet::store {

class AnswerCache {
 public:
  static constexpr std::size_t kBytesMax = 16u << 20;
  static constexpr std::size_t kAnswerBytesMax = 256u << 10;

  // The answer to `question`, or nullptr when it is not known or no longer right.
  [[nodiscard]] const Answer* get(const std::string& question, const Queries& queries);
  void put(std::string question, Answer answer, const Queries& queries);
  void clear();
  [[nodiscard]] std::size_t bytes() const { return bytes_; }

 private:
  struct Entry {
    std::string question;
    Answer answer;
    std::uint64_t touched = 0;
  };
  using Entries = std::list<Entry>;  // the most recently asked first
  static std::size_t size_of(const Entry& entry) { return entry.question.size() + entry.answer.body.size() + 256; }
  void erase(Entries::iterator entry);

  Entries entries_;
  std::unordered_map<std::string_view, Entries::iterator> by_question_;  // views into the entries
  std::size_t bytes_ = 0;
};

}  // namespace freshet::store
