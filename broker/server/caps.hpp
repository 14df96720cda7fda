// Caps: how many streams one address or one user has, over all loops; exact on this node.
//
// Shape     take() counts one and gives a Place that holds it; the count goes down with the Place
// Bounds    a key without places takes no memory
// Threads   any; locked, since it is met only when a stream opens or ends, never when an event passes
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

namespace freshet::broker {

class Caps {
  using Counts = std::unordered_map<std::string, std::uint32_t>;

 public:
  class Place {
   public:
    Place() = default;
    Place(Place&& other) noexcept : caps_(std::exchange(other.caps_, nullptr)), at_(other.at_) {}
    Place& operator=(Place&& other) noexcept {
      std::swap(caps_, other.caps_);
      std::swap(at_, other.at_);
      return *this;
    }
    ~Place() {
      if (caps_ != nullptr) caps_->give_back(at_);
    }

   private:
    friend class Caps;
    Place(Caps* caps, Counts::value_type* at) : caps_(caps), at_(at) {}
    Caps* caps_ = nullptr;
    Counts::value_type* at_ = nullptr;  // stays where it is while the map changes around it
  };

  explicit Caps(std::uint32_t places_max) : places_max_(places_max) {}  // 0: no cap
  Caps(const Caps&) = delete;
  Caps& operator=(const Caps&) = delete;

  // Nothing when `key` has all its places.
  [[nodiscard]] std::optional<Place> take(const std::string& key) {
    if (places_max_ == 0) return Place();
    const std::lock_guard lock(mutex_);
    auto& entry = *counts_.try_emplace(key, 0).first;
    if (entry.second >= places_max_) return std::nullopt;
    ++entry.second;
    return Place(this, &entry);
  }
  [[nodiscard]] std::size_t keys_now() {
    const std::lock_guard lock(mutex_);
    return counts_.size();
  }

 private:
  void give_back(Counts::value_type* at) {
    const std::lock_guard lock(mutex_);
    if (--at->second == 0) counts_.erase(counts_.find(at->first));
  }

  const std::uint32_t places_max_;
  std::mutex mutex_;
  Counts counts_;
};

}  // namespace freshet::broker
