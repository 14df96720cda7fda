// AnswerCache: encoded answers of public reads that this instance remembers, by the address as it was sent.
//
// Shape     an entry is right until the store says that something it shows has changed (`live.invalidate.<kind>.<id>`). An article
//           drops itself and every list; a category or a user drops everything, since articles show their names.
//           Both responses of an entry, the 200 and the 304, are whole and are sent as they lie here.
//           An answer is worth keeping when its address was asked for lately: what is asked once pushes nothing out.
// Bounds    kEntriesMax entries and kBytesMax bytes; the one unused longest gives way. An answer over kAnswerBytesMax is not kept.
// Lifetime  an entry lives until the next keep(), invalidate() or follow()
// Source    DESIGN rule 8, "Near-runtime reads". Whether the invalidations heard are complete is the caller's to check first.
#pragma once

#include <array>
#include <cstdint>
#include <list>
#include <string>
#include <string_view>
#include <unordered_map>

#include "functions/api/http.hpp"

namespace freshet::api {

class AnswerCache {
 public:
  static constexpr std::size_t kEntriesMax = 512;
  static constexpr std::size_t kBytesMax = 8u << 20;
  static constexpr std::size_t kAnswerBytesMax = 1u << 20;

  struct Entry {
    std::string target;
    Repeated full;
    Repeated unchanged;  // for who has it already
    std::string etag;
    std::string article;  // the id of the one article it shows; empty for a list
    std::size_t bytes = 0;
  };

  // The connection whose invalidations are heard; another one than before forgets everything.
  void follow(std::uint64_t generation);
  [[nodiscard]] Entry* find(std::string_view target);
  // Whether `target` was asked for lately; from now on it was.
  [[nodiscard]] bool asked_before(std::string_view target);
  // `full` is the 200 with all its headers, an ETag among them.
  void keep(std::string_view target, Response full);
  void invalidate(std::string_view subject);
  [[nodiscard]] std::size_t size() const { return entries_.size(); }
  [[nodiscard]] std::size_t bytes() const { return bytes_; }

 private:
  using Entries = std::list<Entry>;  // by their last use, the latest first
  void drop(Entries::iterator entry);
  void clear();
  void make_room(std::size_t bytes);

  Entries entries_;
  std::unordered_map<std::string_view, Entries::iterator> places_;  // by target, a view into the entry
  std::array<std::size_t, 1024> asked_{};                           // hashes of addresses, each in the place that it picks
  std::size_t bytes_ = 0;
  std::uint64_t generation_ = 0;
};

}  // namespace freshet::api
