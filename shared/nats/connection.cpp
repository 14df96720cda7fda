#include "shared/nats/connection.hpp"

#include <charconv>

#include "shared/check.hpp"

namespace freshet::nats {

Connection::Connection(const Credentials& credentials, std::string_view client_name, std::string inbox) : inbox_(std::move(inbox)) {
  append_connect(output_, credentials, client_name);
  const auto subscribed = append_subscribe(output_, inbox_ + ".*", {}, kInboxSubscription);
  FRESHET_CHECK(subscribed.ok());  // the prefix is configuration, checked by ClientOptions' reader
}

std::string Connection::reply_subject(std::uint64_t request) const { return inbox_ + '.' + std::to_string(request); }

std::optional<std::uint64_t> Connection::request_of(std::string_view subject) const {
  if (subject.size() <= inbox_.size() + 1 || !subject.starts_with(inbox_) || subject[inbox_.size()] != '.') return std::nullopt;
  const char* begin = subject.data() + inbox_.size() + 1;
  const char* end = subject.data() + subject.size();
  std::uint64_t request = 0;
  const auto [parsed, error] = std::from_chars(begin, end, request);
  if (error != std::errc{} || parsed != end) return std::nullopt;
  return request;
}

void Connection::sent() {
  output_.clear();
  if (output_.capacity() > 256 * 1024) output_.shrink_to_fit();
  pongs_queued_ = 0;
}

Result<std::optional<ConnectionEvent>> Connection::next() {
  while (true) {
    FRESHET_TRY(operation, parser_.next());
    if (!operation) return std::optional<ConnectionEvent>{};
    ConnectionEvent event;
    switch (operation->kind) {
      case OperationKind::kInfo:
        info_ = operation->text;  // again whenever the cluster changes
        continue;
      case OperationKind::kOk:
        continue;
      case OperationKind::kPing:
        output_ += kPong;
        ++pongs_queued_;
        continue;
      case OperationKind::kError:
        // Only these two leave the connection open; after every other error the server closes it.
        if (!operation->text.starts_with("Permissions Violation") && !operation->text.starts_with("Invalid Subject")) {
          refused_ = !accepted_;
          return Error{Errc::kUnavailable, "nats-server refused: " + std::string(operation->text)};
        }
        event.kind = ConnectionEvent::Kind::kViolation;
        event.text = operation->text;
        return std::optional<ConnectionEvent>(event);
      case OperationKind::kPong:
        accepted_ = true;
        event.kind = ConnectionEvent::Kind::kPong;
        return std::optional<ConnectionEvent>(event);
      case OperationKind::kMessage:
        break;
    }
    accepted_ = true;
    event.message = *operation;
    event.id = operation->subscription;
    if (operation->subscription == kInboxSubscription) {
      const auto request = request_of(operation->subject);
      if (!request) continue;  // somebody's guess
      event.kind = ConnectionEvent::Kind::kReply;
      event.id = *request;
    }
    return std::optional<ConnectionEvent>(event);
  }
}

}  // namespace freshet::nats
