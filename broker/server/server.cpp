#include "broker/server/server.hpp"

#include <netinet/tcp.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>

#include "shared/limits.hpp"

namespace freshet::broker {
namespace {

constexpr std::uint64_t kListenerToken = Loop::kWakeToken - 1;
constexpr int kAcceptsATurn = 256;
constexpr int kUnsentBytes = 256 << 10;  // in the kernel, for one connection; the rest waits in its outbox, where it is counted

StreamSettings stream_settings(const Settings& settings, std::uint32_t number) {
  StreamSettings out;
  out.loop = number;
  out.outbox_bytes_max = settings.outbox_bytes_max;
  out.unsent_bytes_max = settings.unsent_bytes_max;
  out.ring = settings.ring;
  return out;
}

// RFC 9457 problems for what the parser refuses.
Response problem_of(const Refusal& refusal) {
  for (const ErrcInfo& row : kErrcTable) {
    if (row.http_status == refusal.status) return make_problem(Error{row.code, refusal.reason});
  }
  return make_problem(refusal.status, "http-version", "HTTP version not supported", refusal.reason);
}

}  // namespace

Server::Server(const ServerShared& shared, Loop& loop, Sender& sender, Descriptor listener, std::uint32_t number, LogReader& reader, LoopCounters& counters)
    : shared_(shared),
      loop_(loop),
      sender_(sender),
      listener_(std::move(listener)),
      counters_(counters),
      mailbox_(loop.wake(), kMailboxBytes),
      streams_(stream_settings(shared.settings, number), loop.clock(), *this, reader, counters) {
  FRESHET_CHECK(loop_.poller().add(listener_.get(), kListenerToken, Interest::kRead).ok());
  tick();
}

Server::~Server() = default;

// ---------------------------------------------------------------- the loop's calls

void Server::on_ready(const Ready& ready) {
  if (ready.token == kListenerToken) return accept_all();
  const auto slot = static_cast<Slot>(ready.token & 0xFFFFFFFF);
  if (slot >= connections_.size() || token_of(slot) != ready.token) return;  // closed earlier in this turn
  const Phase phase = connections_[slot].phase;
  if (phase == Phase::kRequest) {
    read_request(slot);
  } else if (phase == Phase::kClosing) {
    discard(slot);
  } else if (phase == Phase::kStream) {
    if (ready.readable) {
      read_stream(slot);
    } else if (ready.closed) {
      streams_.on_peer_closed(slot);
    }
    if (ready.writable) streams_.on_writable(slot);
  }
}

void Server::on_wake() {
  mailbox_.take(mail_);
  for (ServerMail& mail : mail_) {
    if (auto* output = std::get_if<LogOutput>(&mail)) {
      streams_.on_log(std::move(*output));
    } else if (const auto* revocation = std::get_if<Revocation>(&mail)) {
      revoke(*revocation);
    } else {
      drain();
    }
  }
  mail_.clear();
}

void Server::on_turn_end() {
  streams_.on_turn_end();
  if (draining_ && streams_.drained() && closing_now_ == 0) loop_.stop();
}

void Server::tick() {
  streams_.on_tick();
  counters_.loop_lag_ns.set(static_cast<std::uint64_t>(loop_.lag().count()));
  counters_.connections_now.set(open_now_);
  counters_.sockets_now.set(sockets_now_);
  loop_.timers().at(loop_.now() + Streams::kTick, [this] { tick(); });
}

void Server::drain() {
  if (draining_) return;
  draining_ = true;
  accept_all();  // who has connected already is told to come back
  loop_.poller().remove(listener_.get());
  listener_.reset();
  streams_.drain();
  loop_.timers().at(loop_.now() + shared_.settings.drain, [this] { loop_.stop(); });
}

// ---------------------------------------------------------------- connections

std::uint64_t Server::token_of(Slot slot) const {
  return (static_cast<std::uint64_t>(connections_[slot].generation & 0x7FFFFFFF) << 32) | slot;
}

void Server::accept_all() {
  for (int i = 0; i < kAcceptsATurn; ++i) {
    sockaddr_in peer{};
    socklen_t length = sizeof peer;
    Descriptor fd(::accept4(listener_.get(), reinterpret_cast<sockaddr*>(&peer), &length, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (!fd.open()) return;
    accept_one(std::move(fd), peer.sin_addr);
  }
}

void Server::accept_one(Descriptor fd, in_addr peer) {
  counters_.connections_accepted.add();
  if (open_now_ >= shared_.connections_max) return;  // closed with `fd`
  const int one = 1;
  ::setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  ::setsockopt(fd.get(), IPPROTO_TCP, TCP_NOTSENT_LOWAT, &kUnsentBytes, sizeof kUnsentBytes);
  Slot slot = 0;
  if (free_slots_.empty()) {
    slot = static_cast<Slot>(connections_.size());
    connections_.emplace_back();
  } else {
    slot = free_slots_.back();
    free_slots_.pop_back();
  }
  if (!loop_.poller().add(fd.get(), token_of(slot), Interest::kRead).ok()) {
    free_slots_.push_back(slot);
    return;
  }
  Connection& connection = connections_[slot];
  connection.fd = std::move(fd);
  connection.phase = Phase::kRequest;
  connection.reading = std::make_unique<Reading>();
  connection.reading->peer = peer;
  ++open_now_;
  set_deadline(slot, kHeadPatience);
}

void Server::set_deadline(Slot slot, std::chrono::milliseconds after) {
  Reading& reading = *connections_[slot].reading;
  loop_.timers().cancel(reading.deadline);
  reading.deadline = loop_.timers().at(loop_.now() + after, [this, slot] { close_slot(slot); });
}

void Server::close_slot(Slot slot) {
  Connection& connection = connections_[slot];
  if (connection.reading) loop_.timers().cancel(connection.reading->deadline);
  if (connection.session) loop_.timers().cancel(connection.session->expiry);
  if (connection.socket) --sockets_now_;
  if (connection.phase == Phase::kClosing) --closing_now_;
  loop_.poller().remove(connection.fd.get());
  const std::uint32_t generation = connection.generation + 1;
  connection = Connection{};
  connection.generation = generation;
  free_slots_.push_back(slot);
  --open_now_;
}

void Server::linger(Slot slot) {
  Connection& connection = connections_[slot];
  ::shutdown(connection.fd.get(), SHUT_WR);
  connection.phase = Phase::kClosing;
  ++closing_now_;
  if (!connection.reading) connection.reading = std::make_unique<Reading>();
  set_deadline(slot, kClosePatience);
}

// ---------------------------------------------------------------- requests

void Server::read_request(Slot slot) {
  std::array<char, limits::kHeadersBytes> bytes;
  const ssize_t got = ::recv(connections_[slot].fd.get(), bytes.data(), bytes.size(), 0);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (got <= 0) return close_slot(slot);
  connections_[slot].reading->parser.append(std::string_view(bytes.data(), static_cast<std::size_t>(got)));
  answer_requests(slot);
}

// What the peer says now is of no interest, but must be read for its goodbye to be seen.
void Server::discard(Slot slot) {
  std::array<char, 4096> bytes;
  const ssize_t got = ::recv(connections_[slot].fd.get(), bytes.data(), bytes.size(), 0);
  if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR)) close_slot(slot);
}

void Server::answer_requests(Slot slot) {
  const std::uint32_t generation = connections_[slot].generation;
  while (connections_[slot].generation == generation && connections_[slot].phase == Phase::kRequest) {
    Request request;
    Refusal refusal;
    const auto outcome = connections_[slot].reading->parser.next(request, refusal);
    if (outcome == RequestParser::Outcome::kMore) return;
    counters_.requests.add();
    if (outcome == RequestParser::Outcome::kRefused) return refuse(slot, refusal);
    handle(slot, request);
  }
}

void Server::refuse(Slot slot, const Refusal& refusal) {
  counters_.requests_refused.add();
  Request nobody;
  reply(slot, nobody, problem_of(refusal));
}

void Server::reply(Slot slot, const Request& request, Response response) {
  const After after = request.keep_alive && !draining_ ? After::kKeepAlive : After::kClose;
  const std::string bytes = encode_response(response, after, request.method == "HEAD" ? Body::kLeftOut : Body::kSent);
  if (after == After::kClose) return say_and_close(slot, bytes);
  const ssize_t sent = ::send(connections_[slot].fd.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
  if (sent != static_cast<ssize_t>(bytes.size())) return close_slot(slot);
  set_deadline(slot, kHeadPatience);
}

void Server::handle(Slot slot, const Request& request) {
  const Endpoint endpoint = find_endpoint(request.path);
  if (endpoint.kind == Endpoint::Kind::kNone) {
    return reply(slot, request, make_problem(Error{Errc::kNotFound, "there is no such address here"}));
  }
  const bool stream = endpoint.kind == Endpoint::Kind::kStream;
  const bool socket = endpoint.kind == Endpoint::Kind::kSocket || endpoint.kind == Endpoint::Kind::kNoSocket;
  if (request.method != "GET" && (socket || request.method != "HEAD") && !(stream && request.method == "OPTIONS")) {
    Response response = make_problem(Error{Errc::kMethodNotAllowed, "this address is only read"});
    response.headers.emplace_back("Allow", stream ? "GET, HEAD, OPTIONS" : socket ? "GET" : "GET, HEAD");
    return reply(slot, request, std::move(response));
  }
  if (stream) return open_stream(slot, request, endpoint);
  if (socket) return open_socket(slot, request, endpoint);
  if (endpoint.kind == Endpoint::Kind::kHealth) return reply(slot, request, shared_.status.liveness());
  if (endpoint.kind == Endpoint::Kind::kReady) return reply(slot, request, shared_.status.readiness());
  reply(slot, request, Response{200, {{"Content-Type", "text/plain; version=0.0.4"}}, shared_.status.metrics()});
}

void Server::say_and_close(Slot slot, const std::string& bytes) {
  const ssize_t sent = ::send(connections_[slot].fd.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
  if (sent != static_cast<ssize_t>(bytes.size())) return close_slot(slot);
  linger(slot);
}

}  // namespace freshet::broker
