// Fanout: channels and who follows them; brings the frames of one loop turn to each subscriber at once.
//
// Shape     publish() any number of frames, then flush() at the end of the turn: each subscriber of a touched channel is handed one
//           Batch. Subscribers of one channel share its batch; who follows several gets one made of all, in order of publication.
// Order     of publish(), across channels. A frame published to two channels of one subscriber comes twice.
// Bounds    a channel without subscribers takes no memory; a subscriber takes some 60 bytes. The turn's frames are the caller's bound.
// Threads   belongs to one loop. subscribe() and unsubscribe() must not be called inside flush(): mark, and do it when it is over.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "broker/fanout/frame.hpp"

namespace freshet::broker {

using SubscriberId = std::uint32_t;  // small numbers: they index a table

struct Batch {
  std::vector<Frame> frames;
  std::vector<iovec> pieces;  // of `frames`, for writev()
  std::size_t bytes = 0;

  void add(const Frame& frame);
  void clear();
};

class Delivery {
 public:
  virtual ~Delivery() = default;
  // To each of `subscribers`, which differ.
  virtual void deliver(std::span<const SubscriberId> subscribers, const Batch& batch) = 0;
};

class Fanout {
 public:
  // Following a channel twice is no error and changes nothing. Who subscribes in the middle of a turn is also given what was
  // published to that channel before in the same turn: callers flush() first.
  void subscribe(SubscriberId subscriber, std::string_view channel);
  void unsubscribe(SubscriberId subscriber);  // from all its channels; an unknown one is no error
  void publish(std::string_view channel, const Frame& frame);
  void flush(Delivery& delivery);

  [[nodiscard]] std::size_t channel_count() const { return by_name_.size(); }
  [[nodiscard]] std::size_t subscriber_count(std::string_view channel) const;

 private:
  using ChannelIndex = std::uint32_t;
  struct Membership {
    ChannelIndex channel;
    std::uint32_t place;  // in the channel's subscribers
  };
  struct Channel {
    std::string name;
    std::vector<SubscriberId> subscribers;
    Batch turn;
  };
  struct Published {
    ChannelIndex channel;
    Frame frame;
  };

  [[nodiscard]] ChannelIndex channel_at(std::string_view name);
  void leave(SubscriberId subscriber, const Membership& membership);
  void deliver_channel(Channel& channel, Delivery& delivery);
  void deliver_merged(Delivery& delivery);
  [[nodiscard]] bool follows(SubscriberId subscriber, ChannelIndex channel) const;

  std::unordered_map<std::string, ChannelIndex> by_name_;
  std::vector<Channel> channels_;
  std::vector<ChannelIndex> free_channels_;
  std::vector<std::vector<Membership>> memberships_;  // by subscriber
  std::vector<Published> turn_;
  std::vector<ChannelIndex> touched_;
  std::vector<SubscriberId> alone_;    // of the channel that is delivered: they follow no other
  std::vector<SubscriberId> merging_;  // touched this turn and following several channels; may name one twice
  bool flushing_ = false;
};

}  // namespace freshet::broker
