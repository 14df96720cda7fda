// Follows a stream of Freshet and misses nothing: freshet-follow URL POSITION-FILE. ../README.md says how it does it.
//
// C++20 and POSIX, nothing of Freshet's own: copy it. Plain http; the request is HTTP/1.0, so that the answer is the stream and nothing around it.
#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <iostream>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

namespace {

constexpr int kSilence_s = 60;  // keep-alives come every 20 s

struct Url {
  std::string host;
  std::string port;
  std::string path;
};

std::optional<Url> parse_url(std::string_view text) {
  constexpr std::string_view kScheme = "http://";
  if (!text.starts_with(kScheme)) return std::nullopt;
  text.remove_prefix(kScheme.size());
  const auto slash = text.find('/');
  const auto authority = text.substr(0, slash);
  const auto colon = authority.rfind(':');
  Url url;
  url.host = authority.substr(0, colon);
  url.port = colon == std::string_view::npos ? "80" : std::string(authority.substr(colon + 1));
  url.path = slash == std::string_view::npos ? "/" : std::string(text.substr(slash));
  return url;
}

// PositionFile: where the stream was left; whole or not at all, also when this process dies while it writes.
class PositionFile {
 public:
  explicit PositionFile(std::string path) : path_(std::move(path)) { std::ifstream(path_) >> position_; }
  [[nodiscard]] const std::string& position() const { return position_; }
  void move_to(const std::string& position) {
    const std::string next = path_ + ".new";
    std::ofstream(next) << position << '\n';
    if (std::rename(next.c_str(), path_.c_str()) != 0) std::perror("follow: rename");
    position_ = position;
  }

 private:
  std::string path_;
  std::string position_;
};

// Patience: how long to stay away: at least what the server asked for, else a random part of a bound that doubles until a stream lives.
class Patience {
 public:
  void at_least(std::chrono::milliseconds time) { least_ = time; }
  void lived() { tries_ = 0; }
  void wait() {
    const auto bound = std::min(std::chrono::milliseconds(30'000), std::chrono::milliseconds(500) * (1 << tries_));
    std::uniform_int_distribution<std::int64_t> part(0, bound.count());
    std::this_thread::sleep_for(std::max(least_, std::chrono::milliseconds(part(random_))));
    tries_ = std::min(tries_ + 1, 10);
    least_ = {};
  }

 private:
  std::mt19937_64 random_{std::random_device{}()};
  std::chrono::milliseconds least_{0};
  int tries_ = 0;
};

// Connection: one TCP connection, read line by line.
class Connection {
 public:
  explicit Connection(const Url& url) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    if (::getaddrinfo(url.host.c_str(), url.port.c_str(), &hints, &found) != 0) return;
    for (const addrinfo* one = found; one != nullptr && socket_ < 0; one = one->ai_next) {
      socket_ = ::socket(one->ai_family, one->ai_socktype, one->ai_protocol);
      const timeval silence{kSilence_s, 0};
      if (socket_ >= 0) ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &silence, sizeof silence);
      if (socket_ >= 0 && ::connect(socket_, one->ai_addr, one->ai_addrlen) != 0) ::close(std::exchange(socket_, -1));
    }
    ::freeaddrinfo(found);
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection() {
    if (socket_ >= 0) ::close(socket_);
  }

  [[nodiscard]] bool send(std::string_view bytes) {
    while (socket_ >= 0 && !bytes.empty()) {
      const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return socket_ >= 0;
  }

  // The next line without its end; nothing when the connection ended, inside a line or not.
  std::optional<std::string> line() {
    for (;;) {
      if (const auto end = buffer_.find('\n', read_); end != std::string::npos) {
        std::string out = buffer_.substr(read_, end - read_);
        read_ = end + 1;
        if (out.ends_with('\r')) out.pop_back();
        return out;
      }
      buffer_.erase(0, std::exchange(read_, 0));
      char bytes[16384];
      const ssize_t got = ::recv(socket_, bytes, sizeof bytes, 0);
      if (got <= 0) return std::nullopt;
      buffer_.append(bytes, static_cast<std::size_t>(got));
    }
  }

 private:
  int socket_ = -1;
  std::string buffer_;
  std::size_t read_ = 0;
};

// The status of an answer; of its headers only Retry-After is of use here. 0: there was none.
int read_head(Connection& connection, Patience& patience) {
  const auto first = connection.line();
  if (!first || !first->starts_with("HTTP/1.") || first->size() < 12) return 0;
  const int status = std::atoi(first->c_str() + 9);
  while (auto line = connection.line()) {
    if (line->empty()) return status;
    std::transform(line->begin(), line->end(), line->begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    if (line->starts_with("retry-after:")) patience.at_least(std::chrono::seconds(std::atoi(line->c_str() + 12)));
  }
  return 0;
}

struct Event {
  std::string type = "message";
  std::string data;
  std::string id;
};

// Gives the whole events of a stream until the connection ends; an event that was cut never happened. WHATWG HTML, 9.2.6.
void each_event(Connection& connection, Patience& patience, const std::function<void(const Event&)>& take) {
  Event event;
  while (const auto line = connection.line()) {
    if (line->empty()) {
      if (!event.data.empty()) event.data.pop_back();
      if (!event.data.empty()) take(event);
      event.type = "message";
      event.data.clear();
      continue;
    }
    const auto colon = std::min(line->find(':'), line->size());
    const std::string_view name = std::string_view(*line).substr(0, colon);
    std::string value = line->substr(std::min(colon + 1, line->size()));
    if (value.starts_with(' ')) value.erase(0, 1);
    if (name == "event") event.type = value;
    if (name == "data") event.data.append(value).append(1, '\n');
    if (name == "id") event.id = value;
    if (name == "retry") patience.at_least(std::chrono::milliseconds(std::atoll(value.c_str())));
  }
}

// Reads one connection to its end. False when asking again does not help.
bool follow_once(const Url& url, PositionFile& file, Patience& patience) {
  Connection connection(url);
  std::string request = "GET " + url.path + " HTTP/1.0\r\nHost: " + url.host + ":" + url.port +
                        "\r\nAccept: text/event-stream\r\nCache-Control: no-store\r\n";
  if (!file.position().empty()) request += "Last-Event-ID: " + file.position() + "\r\n";
  if (!connection.send(request + "\r\n")) return true;
  const int status = read_head(connection, patience);
  if (status != 200) return status < 400 || status > 404;
  each_event(connection, patience, [&](const Event& event) {
    if (event.id.empty()) return;
    patience.lived();
    if (event.type == "stream-reset")
      std::cout << "reset " << event.id << std::endl;  // load a snapshot that is at least as new, then go on
    if (event.id == file.position()) return;
    if (event.type == "message") std::cout << event.id << ' ' << event.data << std::endl;
    file.move_to(event.id);
  });
  return true;
}

}  // namespace

int main(int count, char** arguments) {
  const auto url = count == 3 ? parse_url(arguments[1]) : std::nullopt;
  if (!url) {
    std::cerr << "usage: freshet-follow http://HOST[:PORT]/PATH POSITION-FILE\n";
    return 2;
  }
  PositionFile file(arguments[2]);
  Patience patience;
  while (follow_once(*url, file, patience)) patience.wait();
  std::cerr << "follow: refused for good\n";
  return 1;
}
