// FakeNats: a nats-server for one client, as a Transport, on a manual clock: subscriptions and deliveries as the real one has them, answers by
// the test, and every way a connection can end.
#pragma once

#include <charconv>
#include <cstring>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "shared/nats/protocol.hpp"
#include "shared/nats/transport.hpp"
#include "tests/support/manual_clock.hpp"

namespace freshet::testing {

struct Published {
  std::string subject;
  std::string reply;
  HeaderList headers;
  std::string payload;
};

class FakeNats final : public nats::Transport {
 public:
  explicit FakeNats(ManualClock& clock) : clock_(clock) {}

  std::function<void(const Published&)> on_publish;   // what the server does with a message
  std::vector<std::string> writes;                    // each write_all(), whole
  std::vector<Published> published;
  int connects = 0;
  bool refuses = false;          // connect() fails
  bool dead = false;             // reads and writes fail until connected again
  bool answers_ping = true;
  std::size_t piece = 1 << 20;   // bytes a read gives at most

  // Delivers to every subscription that matches.
  void deliver(std::string_view subject, std::string_view payload, const HeaderList& headers = {}, std::string_view reply = {}) {
    deliver_block(subject, payload, nats::format_headers(headers).value(), reply);
  }
  // With a raw header block, `NATS/1.0 503\r\n\r\n`.
  void deliver_block(std::string_view subject, std::string_view payload, std::string_view block, std::string_view reply = {}) {
    for (const auto& [id, filter] : subscriptions_) {
      if (matches(filter, subject)) deliver_to(id, subject, payload, block, reply);
    }
  }
  // Whatever the subject is, as JetStream delivers: the subscription decides.
  void deliver_to(const std::string& id, std::string_view subject, std::string_view payload, std::string_view block = {}, std::string_view reply = {}) {
    const std::string head = std::string(subject) + ' ' + id + (reply.empty() ? "" : " " + std::string(reply));
    if (block.empty()) {
      raw("MSG " + head + ' ' + std::to_string(payload.size()) + "\r\n" + std::string(payload) + "\r\n");
    } else {
      raw("HMSG " + head + ' ' + std::to_string(block.size()) + ' ' + std::to_string(block.size() + payload.size()) + "\r\n" + std::string(block) +
          std::string(payload) + "\r\n");
    }
  }
  void raw(std::string_view bytes) { to_client_ += bytes; }
  // The id of the subscription to exactly `filter`, empty when there is none.
  [[nodiscard]] std::string subscription(std::string_view filter) const {
    for (const auto& [id, subject] : subscriptions_) {
      if (subject == filter) return id;
    }
    return {};
  }
  [[nodiscard]] std::size_t subscriptions() const { return subscriptions_.size(); }

  Result<void> connect(std::string_view, std::uint16_t, SteadyTime) override {
    close();
    if (refuses) return Error{Errc::kUnavailable, "connection refused"};
    ++connects;
    dead = false;
    open_ = true;
    raw("INFO {\"version\":\"2.15.1\",\"headers\":true}\r\n");
    return {};
  }
  Result<void> write_all(std::string_view bytes, SteadyTime) override {
    if (!open_ || dead) return gone();
    writes.emplace_back(bytes);
    from_client_ += bytes;
    while (command()) {
    }
    return {};
  }
  Result<std::size_t> read_some(std::span<char> into, SteadyTime deadline) override {
    auto count = try_read(into);
    if (count.ok() && *count == 0 && deadline > clock_.steady()) sleep_until(deadline);
    return count;
  }
  Result<std::size_t> try_read(std::span<char> into) override {
    if (!open_) return gone();
    const std::size_t count = std::min({into.size(), to_client_.size(), piece});
    if (count == 0 && dead) return gone();
    std::memcpy(into.data(), to_client_.data(), count);
    to_client_.erase(0, count);
    return count;
  }
  void close() override {
    open_ = false;
    to_client_.clear();
    from_client_.clear();
    subscriptions_.clear();
  }
  void sleep_until(SteadyTime time) override {
    if (time > clock_.steady()) clock_.advance(std::chrono::ceil<std::chrono::milliseconds>(time - clock_.steady()));
  }

 private:
  static Error gone() { return Error{Errc::kUnavailable, "the peer closed the connection"}; }

  static bool matches(std::string_view filter, std::string_view subject) {
    while (true) {
      const std::size_t filter_end = std::min(filter.find('.'), filter.size());
      const std::size_t subject_end = std::min(subject.find('.'), subject.size());
      const std::string_view token = filter.substr(0, filter_end);
      if (token == ">") return true;
      if (token != "*" && token != subject.substr(0, subject_end)) return false;
      const bool filter_last = filter_end == filter.size();
      const bool subject_last = subject_end == subject.size();
      if (filter_last || subject_last) return filter_last && subject_last;
      filter.remove_prefix(filter_end + 1);
      subject.remove_prefix(subject_end + 1);
    }
  }

  static std::vector<std::string> words_of(std::string_view line) {
    std::vector<std::string> words;
    while (!line.empty()) {
      const std::size_t end = std::min(line.find(' '), line.size());
      if (end > 0) words.emplace_back(line.substr(0, end));
      line.remove_prefix(std::min(end + 1, line.size()));
    }
    return words;
  }

  bool command() {
    const std::size_t line_end = from_client_.find("\r\n");
    if (line_end == std::string::npos) return false;
    const auto words = words_of(std::string_view(from_client_).substr(0, line_end));
    const std::string_view verb = words.empty() ? std::string_view{} : std::string_view(words[0]);
    if (verb == "PUB" || verb == "HPUB") return publish(words, line_end + 2);
    from_client_.erase(0, line_end + 2);
    if (verb == "SUB") subscriptions_[words.back()] = words[1];
    if (verb == "UNSUB") subscriptions_.erase(words[1]);
    if (verb == "PING" && answers_ping) raw("PONG\r\n");
    return true;
  }

  bool publish(const std::vector<std::string>& words, std::size_t body_at) {
    const bool has_headers = words[0] == "HPUB";
    const std::size_t sizes = has_headers ? 2 : 1;
    const std::size_t total = std::stoul(words.back());
    if (from_client_.size() < body_at + total + 2) return false;
    const std::size_t header_bytes = has_headers ? std::stoul(words[words.size() - 2]) : 0;
    Published message;
    message.subject = words[1];
    if (words.size() == 3 + sizes) message.reply = words[2];
    message.headers = nats::HeaderView(std::string_view(from_client_).substr(body_at, header_bytes)).list();
    message.payload = from_client_.substr(body_at + header_bytes, total - header_bytes);
    from_client_.erase(0, body_at + total + 2);
    published.push_back(message);
    if (on_publish) on_publish(message);
    return true;
  }

  ManualClock& clock_;
  bool open_ = false;
  std::string to_client_;
  std::string from_client_;
  std::map<std::string, std::string> subscriptions_;
};

}  // namespace freshet::testing
