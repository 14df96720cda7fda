#include "broker/fanout/fanout.hpp"

#include <algorithm>

#include "shared/check.hpp"

namespace freshet::broker {

void Batch::add(const Frame& frame) {
  frames.push_back(frame);
  pieces.push_back(piece_of(frame));
  bytes += frame->size();
}

void Batch::clear() {
  frames.clear();
  pieces.clear();
  bytes = 0;
}

Fanout::ChannelIndex Fanout::channel_at(std::string_view name) {
  const auto [at, is_new] = by_name_.try_emplace(std::string(name), 0);
  if (!is_new) return at->second;
  if (free_channels_.empty()) {
    at->second = static_cast<ChannelIndex>(channels_.size());
    channels_.emplace_back();
  } else {
    at->second = free_channels_.back();
    free_channels_.pop_back();
  }
  channels_[at->second].name = name;
  return at->second;
}

std::size_t Fanout::subscriber_count(std::string_view channel) const {
  const auto at = by_name_.find(std::string(channel));
  return at == by_name_.end() ? 0 : channels_[at->second].subscribers.size();
}

bool Fanout::follows(SubscriberId subscriber, ChannelIndex channel) const {
  const auto& own = memberships_[subscriber];
  return std::any_of(own.begin(), own.end(), [&](const Membership& one) { return one.channel == channel; });
}

void Fanout::subscribe(SubscriberId subscriber, std::string_view name) {
  FRESHET_CHECK(!flushing_);
  if (memberships_.size() <= subscriber) memberships_.resize(subscriber + 1);
  const ChannelIndex index = channel_at(name);
  if (follows(subscriber, index)) return;
  auto& subscribers = channels_[index].subscribers;
  memberships_[subscriber].push_back({index, static_cast<std::uint32_t>(subscribers.size())});
  subscribers.push_back(subscriber);
}

void Fanout::leave(SubscriberId subscriber, const Membership& membership) {
  Channel& channel = channels_[membership.channel];
  FRESHET_CHECK(channel.subscribers[membership.place] == subscriber);
  const SubscriberId last = channel.subscribers.back();
  channel.subscribers[membership.place] = last;
  channel.subscribers.pop_back();
  if (last != subscriber) {
    for (Membership& one : memberships_[last]) {
      if (one.channel == membership.channel) one.place = membership.place;
    }
  }
  if (!channel.subscribers.empty()) return;
  by_name_.erase(channel.name);
  std::erase_if(turn_, [&](const Published& one) { return one.channel == membership.channel; });
  channel = Channel{};
  free_channels_.push_back(membership.channel);
}

void Fanout::unsubscribe(SubscriberId subscriber) {
  FRESHET_CHECK(!flushing_);
  if (subscriber >= memberships_.size()) return;
  for (const Membership& one : memberships_[subscriber]) leave(subscriber, one);
  memberships_[subscriber] = {};
}

void Fanout::publish(std::string_view channel, const Frame& frame) {
  FRESHET_CHECK(!flushing_);
  const auto at = by_name_.find(std::string(channel));
  if (at == by_name_.end()) return;
  Batch& turn = channels_[at->second].turn;
  if (turn.frames.empty()) touched_.push_back(at->second);
  turn.add(frame);
  turn_.push_back({at->second, frame});
}

void Fanout::deliver_channel(Channel& channel, Delivery& delivery) {
  alone_.clear();
  for (const SubscriberId subscriber : channel.subscribers) {
    (memberships_[subscriber].size() == 1 ? alone_ : merging_).push_back(subscriber);
  }
  if (!alone_.empty()) delivery.deliver(alone_, channel.turn);
  channel.turn.clear();
}

void Fanout::deliver_merged(Delivery& delivery) {
  std::sort(merging_.begin(), merging_.end());
  merging_.erase(std::unique(merging_.begin(), merging_.end()), merging_.end());
  Batch batch;
  for (const SubscriberId subscriber : merging_) {
    for (const Published& one : turn_) {
      if (follows(subscriber, one.channel)) batch.add(one.frame);
    }
    delivery.deliver({&subscriber, 1}, batch);
    batch.clear();
  }
  merging_.clear();
}

void Fanout::flush(Delivery& delivery) {
  if (touched_.empty()) return;
  flushing_ = true;
  // A channel may have lost its last subscriber, and its index gone to another channel, since it was touched: then its turn is empty.
  for (const ChannelIndex index : touched_) {
    if (!channels_[index].turn.frames.empty()) deliver_channel(channels_[index], delivery);
  }
  deliver_merged(delivery);
  touched_.clear();
  turn_.clear();
  flushing_ = false;
}

}  // namespace freshet::broker
