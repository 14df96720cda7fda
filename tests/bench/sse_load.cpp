// sse_load: how long it takes from an editor's PATCH to the bytes at N open SSE sockets.
//
//   sse_load --sockets 1000 --rounds 200 --pause-ms 50 --broker 127.0.0.1:8082 --stream /api/content/events/article-updates-en/
//            --functions 127.0.0.1:8081 --path /api/content/api/articles/<id>/ --token-env NAME
//
// Shape     one thread, one epoll. Opens all sockets and waits for each one's first event. Then, round by round: sends a PATCH that puts a mark
//           into the title, and notes for each socket when the bytes with that mark have come. The next round starts when all have it.
// Output    one JSON object: delivery times (PATCH sent -> bytes read from the socket) over all sockets and rounds, times of the PATCH itself,
//           deliveries that are missing after 5 s, and sockets that closed.
// Clock     CLOCK_MONOTONIC of one process at both ends. The time to read N sockets on this thread is in the figure.
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

[[noreturn]] void fail(const std::string& why) {
  std::fprintf(stderr, "sse_load: %s\n", why.c_str());
  std::exit(1);
}

struct Options {
  int sockets = 1000, rounds = 200, pause_ms = 50;
  std::string broker, stream, functions, path, token;
};

Options parse(int count, char** values) {
  Options o;
  for (int i = 1; i + 1 < count; i += 2) {
    const std::string_view name = values[i];
    const char* value = values[i + 1];
    if (name == "--sockets") o.sockets = std::atoi(value);
    else if (name == "--rounds") o.rounds = std::atoi(value);
    else if (name == "--pause-ms") o.pause_ms = std::atoi(value);
    else if (name == "--broker") o.broker = value;
    else if (name == "--stream") o.stream = value;
    else if (name == "--functions") o.functions = value;
    else if (name == "--path") o.path = value;
    else if (name == "--token-env" && std::getenv(value) != nullptr) o.token = std::getenv(value);
    else fail("unknown option " + std::string(name));
  }
  if (o.broker.empty() || o.functions.empty() || o.path.empty() || o.stream.empty() || o.token.empty()) fail("an option is missing");
  return o;
}

int connect_to(const std::string& address) {
  const auto colon = address.find(':');
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(static_cast<std::uint16_t>(std::atoi(address.c_str() + colon + 1)));
  if (colon == std::string::npos || inet_pton(AF_INET, address.substr(0, colon).c_str(), &to.sin_addr) != 1) fail("no address: " + address);
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0 || connect(fd, reinterpret_cast<sockaddr*>(&to), sizeof to) != 0) fail("connect to " + address + ": " + std::strerror(errno));
  const int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return fd;
}

void send_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto sent = send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) fail(std::string("send: ") + std::strerror(errno));
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

// The last bytes of what a socket brought, so that a mark cut by a read is still seen.
struct Stream {
  int fd = -1;
  std::string tail;
  bool open = false;    // its first event has come
  bool closed = false;
  int seen = -1;        // the last round whose mark has come
};

// The one keep-alive connection of the editor. Its answers are framed by Content-Length.
class Editor {
 public:
  Editor(const Options& o) : options_(o), fd_(connect_to(o.functions)) { fcntl(fd_, F_SETFL, O_NONBLOCK); }
  int fd() const { return fd_; }

  void patch(const std::string& mark) {
    const std::string body = R"({"translations":{"en":{"title":")" + mark + R"("}}})";
    send_all(fd_, "PATCH " + options_.path + " HTTP/1.1\r\nHost: " + options_.functions + "\r\nAuthorization: Bearer " + options_.token +
                      "\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
    sent_ = Clock::now();
    waiting_ = true;
  }

  // True when the answer is complete; it must be a 200.
  bool read_answer() {
    char buffer[65536];
    for (;;) {
      const auto got = recv(fd_, buffer, sizeof buffer, 0);
      if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) break;
      if (got <= 0) fail("the functions closed the editor's connection");
      answer_.append(buffer, static_cast<std::size_t>(got));
    }
    const auto head = answer_.find("\r\n\r\n");
    if (head == std::string::npos) return false;
    if (answer_.compare(0, 12, "HTTP/1.1 200") != 0) fail("PATCH: " + answer_.substr(0, 600));
    std::string lower = answer_.substr(0, head);
    std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    const auto length = lower.find("content-length: ");
    if (length == std::string::npos) fail("PATCH: an answer without Content-Length");
    if (answer_.size() < head + 4 + std::strtoul(lower.c_str() + length + 16, nullptr, 10)) return false;
    answer_.clear();
    waiting_ = false;
    return true;
  }

  bool waiting() const { return waiting_; }
  Clock::time_point sent() const { return sent_; }

 private:
  const Options& options_;
  int fd_;
  std::string answer_;
  Clock::time_point sent_{};
  bool waiting_ = false;
};

double ms_since(Clock::time_point start) { return std::chrono::duration<double, std::milli>(Clock::now() - start).count(); }

std::string percentiles(std::vector<double> values) {
  if (values.empty()) return "null";
  std::sort(values.begin(), values.end());
  const auto at = [&](double share) { return values[std::min(values.size() - 1, static_cast<std::size_t>(share * static_cast<double>(values.size())))]; };
  char text[200];
  std::snprintf(text, sizeof text, R"({"count":%zu,"p50":%.3f,"p90":%.3f,"p99":%.3f,"max":%.3f})", values.size(), at(0.5), at(0.9), at(0.99), values.back());
  return text;
}

class Load {
 public:
  explicit Load(const Options& o) : options_(o), epoll_(epoll_create1(EPOLL_CLOEXEC)), editor_(o) {
    watch(editor_.fd(), nullptr);
    streams_.resize(static_cast<std::size_t>(o.sockets));
    for (Stream& stream : streams_) {
      stream.fd = connect_to(o.broker);
      send_all(stream.fd, "GET " + o.stream + " HTTP/1.1\r\nHost: " + o.broker + "\r\nAccept: text/event-stream\r\n\r\n");
      fcntl(stream.fd, F_SETFL, O_NONBLOCK);
      watch(stream.fd, &stream);
    }
    const auto start = Clock::now();
    while (open_ < options_.sockets) {
      if (ms_since(start) > 20'000) fail("only " + std::to_string(open_) + " streams opened within 20 s");
      turn(-1);
    }
  }

  void run() {
    int missing = 0;
    for (int round = 0; round < options_.rounds; ++round) {
      std::this_thread::sleep_for(std::chrono::milliseconds(options_.pause_ms));
      turn(-1);  // what came meanwhile (keep-alives) is not of this round
      mark_ = "@round-" + std::to_string(round) + "-" + std::to_string(getpid()) + "@";
      arrived_ = 0;
      editor_.patch(mark_);
      while ((arrived_ + closed_ < options_.sockets || editor_.waiting()) && ms_since(editor_.sent()) < 5'000) turn(round);
      if (editor_.waiting()) fail("a PATCH without an answer within 5 s");
      missing += options_.sockets - closed_ - arrived_;
    }
    std::printf(R"({"sockets":%d,"rounds":%d,"missing":%d,"closed":%d,"delivery_ms":%s,"last_socket_ms":%s,"patch_ms":%s})" "\n", options_.sockets, options_.rounds,
                missing, closed_, percentiles(deliveries_).c_str(), percentiles(last_).c_str(), percentiles(patches_).c_str());
  }

 private:
  void watch(int fd, Stream* stream) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.ptr = stream;
    if (epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event) != 0) fail(std::string("epoll_ctl: ") + std::strerror(errno));
  }

  void turn(int round) {
    epoll_event events[256];
    const int count = epoll_wait(epoll_, events, 256, round < 0 ? 10 : 100);
    for (int i = 0; i < count; ++i) {
      if (auto* stream = static_cast<Stream*>(events[i].data.ptr)) {
        read(*stream, round);
      } else if (editor_.read_answer()) {
        patches_.push_back(ms_since(editor_.sent()));
      }
    }
  }

  void read(Stream& stream, int round) {
    char buffer[65536];
    for (;;) {
      const auto got = recv(stream.fd, buffer, sizeof buffer, 0);
      if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) break;
      if (got <= 0) {
        ::close(stream.fd);
        stream.closed = true;
        ++closed_;
        return;
      }
      stream.tail.append(buffer, static_cast<std::size_t>(got));
    }
    if (!stream.open && stream.tail.find("event: stream-open") != std::string::npos) {
      stream.open = true;
      ++open_;
    } else if (!stream.open && stream.tail.size() > 9 && stream.tail.compare(0, 12, "HTTP/1.1 200") != 0) {
      fail("a stream was refused: " + stream.tail.substr(0, 200));
    }
    if (round >= 0 && stream.seen < round && stream.tail.find(mark_) != std::string::npos) {
      stream.seen = round;
      ++arrived_;
      deliveries_.push_back(ms_since(editor_.sent()));
      if (arrived_ == options_.sockets - closed_) last_.push_back(deliveries_.back());
    }
    if (stream.open && stream.tail.size() > 64) stream.tail.erase(0, stream.tail.size() - 64);
  }

  const Options& options_;
  int epoll_;
  Editor editor_;
  std::vector<Stream> streams_;
  std::string mark_;
  int open_ = 0, closed_ = 0, arrived_ = 0;
  std::vector<double> deliveries_, last_, patches_;
};

}  // namespace

int main(int count, char** values) {
  const Options options = parse(count, values);
  rlimit files{};
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = std::min<rlim_t>(files.rlim_max, static_cast<rlim_t>(options.sockets) + 64);
  setrlimit(RLIMIT_NOFILE, &files);
  Load load(options);
  load.run();
}
