#include "broker/streams/transport.hpp"

#include "broker/sse/gzip.hpp"
#include "broker/sse/sse.hpp"
#include "broker/websocket/encoder.hpp"
#include "broker/websocket/messages.hpp"

namespace freshet::broker {
namespace {

using std::chrono::milliseconds;

class Sse final : public Transport {
 public:
  Rounds rounds() const override { return {1, 0}; }
  // `retry:` belongs to the event that follows it, or to nothing, when an empty line does.
  std::string hello(milliseconds retry) const override {
    std::string out;
    sse::append_retry(out, retry);
    return out + '\n';
  }
  std::string opening(std::string_view position, WallTime) const override { return sse::encode_open(position); }
  std::string reset(std::string_view position, std::string_view reason, WallTime) const override {
    return sse::encode_reset(position, reason);
  }
  std::string keep_alive(std::string_view position, WallTime) const override { return sse::encode_keep_alive(position); }
  std::string waiting() const override { return std::string(sse::kWaiting); }
  std::string link(Link link, WallTime) const override { return std::string(link == Link::kLive ? sse::kLive : sse::kDegraded); }
  std::string notification(const Notification& notification) const override { return sse::encode_notification(notification); }
  std::string farewell(const Farewell& farewell) const override {
    return farewell.retry > milliseconds(0) ? sse::encode_goodbye(farewell.retry) : std::string();
  }
};

// The same words in stored blocks: they are said to one stream alone, so compressing them would cost more than it saves.
class SseGzip final : public Transport {
 public:
  Rounds rounds() const override { return plain_.rounds(); }
  std::string hello(milliseconds retry) const override { return std::string(sse::kGzipHead) + sse::gzip_stored(plain_.hello(retry)); }
  std::string opening(std::string_view position, WallTime now) const override { return sse::gzip_stored(plain_.opening(position, now)); }
  std::string reset(std::string_view position, std::string_view reason, WallTime now) const override {
    return sse::gzip_stored(plain_.reset(position, reason, now));
  }
  std::string keep_alive(std::string_view position, WallTime now) const override { return sse::gzip_stored(plain_.keep_alive(position, now)); }
  std::string waiting() const override { return sse::gzip_stored(plain_.waiting()); }
  std::string link(Link link, WallTime now) const override { return sse::gzip_stored(plain_.link(link, now)); }
  std::string notification(const Notification& notification) const override { return sse::gzip_stored(plain_.notification(notification)); }
  std::string farewell(const Farewell& farewell) const override { return sse::gzip_stored(plain_.farewell(farewell)); }

 private:
  Sse plain_;
};

class WebSocket final : public Transport {
 public:
  Rounds rounds() const override { return {2, 20}; }
  std::string hello(milliseconds) const override { return {}; }
  std::string opening(std::string_view position, WallTime now) const override { return websocket::encode_open(position, now); }
  std::string reset(std::string_view position, std::string_view reason, WallTime now) const override {
    return websocket::encode_reset(position, reason, now);
  }
  std::string keep_alive(std::string_view position, WallTime now) const override { return websocket::encode_heartbeat(position, now); }
  std::string waiting() const override { return websocket::encode_ping(); }
  std::string link(Link link, WallTime now) const override {
    return websocket::encode_status(link == Link::kLive ? "live" : "degraded", now);
  }
  std::string notification(const Notification& notification) const override { return websocket::encode_notification(notification); }
  std::string farewell(const Farewell& farewell) const override { return websocket::encode_close(farewell.close_code, farewell.reason); }
};

}  // namespace

const Transport& transport_of(Format format) {
  static const Sse sse;
  static const SseGzip gzip;
  static const WebSocket websocket;
  if (format == Format::kSse) return sse;
  if (format == Format::kSseGzip) return gzip;
  return websocket;
}

}  // namespace freshet::broker
