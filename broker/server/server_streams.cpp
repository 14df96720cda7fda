// The part of Server that turns requests into streams, on SSE or a WebSocket, watches their tokens, and is Streams' wire.
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "broker/server/server.hpp"
#include "broker/sse/gzip.hpp"
#include "broker/sse/sse.hpp"
#include "broker/websocket/encoder.hpp"
#include "broker/websocket/handshake.hpp"
#include "broker/websocket/messages.hpp"
#include "shared/id.hpp"
#include "shared/random.hpp"

namespace freshet::broker {
namespace {

std::string first_of(std::string_view wins, std::string otherwise) { return wins.empty() ? std::move(otherwise) : std::string(wins); }

}  // namespace

// ---------------------------------------------------------------- opening

bool Server::can_serve() const {
  return streams_.can_open() && !streams_.busy() && loop_.lag() < kLagMax && shared_.status.log_was_read() && open_now_ <= shared_.streams_max;
}

// Counts one who is told to come back, and says when: spread over some seconds, so that a storm does not come back as one.
std::chrono::milliseconds Server::put_off() {
  counters_.streams_put_off.add();
  return std::chrono::milliseconds(1000 + counters_.streams_put_off.get() * 7919 % 4000);
}

void Server::open_stream(Slot slot, const Request& request, const Endpoint& endpoint) {
  const OriginCheck check = shared_.admission.origin_of(request);
  HeaderList headers = cors_headers(check, request.header("Origin"));
  const auto refuse = [&](const Error& error) {
    counters_.streams_refused.add();
    Response response = make_problem(error);
    response.headers.insert(response.headers.end(), headers.begin(), headers.end());
    reply(slot, request, std::move(response));
  };
  if (request.method == "OPTIONS" && check != OriginCheck::kRefused) {
    for (auto& header : preflight_headers()) headers.push_back(std::move(header));
    return reply(slot, request, Response{204, std::move(headers), {}});
  }
  auto holder = shared_.admission.identify(request, endpoint);
  if (!holder.ok()) return refuse(holder.error());
  HeaderList of_stream = sse::stream_headers();
  of_stream.insert(of_stream.end(), headers.begin(), headers.end());
  if (shared_.settings.sse_compression) of_stream.emplace_back("Vary", "Accept-Encoding");
  std::string head = encode_stream_head(200, of_stream);
  if (request.method == "HEAD") return say_and_close(slot, head);
  if (!can_serve()) {
    // EventSource never comes back from an HTTP error, so it is given a stream that says when to, and ends (CONTRACT 8).
    return say_and_close(slot, head + sse::encode_goodbye(put_off()));
  }
  auto admitted = shared_.admission.admit(request, connections_[slot].reading->peer, std::move(*holder));
  if (!admitted.ok()) return refuse(admitted.error());
  const std::string named = first_of(request.header("Last-Event-ID"), query_value(request.query, "lastEventId"));
  const bool gzip = shared_.settings.sse_compression && sse::takes_gzip(request.header("Accept-Encoding"));
  if (gzip) {
    of_stream.emplace_back("Content-Encoding", "gzip");
    head = encode_stream_head(200, of_stream);
  }
  begin_stream(slot, endpoint, gzip ? Format::kSseGzip : Format::kSse, std::move(*admitted), named, std::move(head));
}

void Server::open_socket(Slot slot, const Request& request, const Endpoint& endpoint) {
  const auto handshake = websocket::answer_handshake(request, shared_.settings.websocket_compression);
  const bool foreign = shared_.admission.origin_of(request) == OriginCheck::kRefused;
  if (foreign || handshake.status != 101) {
    counters_.streams_refused.add();
    Response response = foreign                   ? make_problem(Error{Errc::kForbidden, "pages of this origin may not open streams here"})
                        : handshake.status == 426 ? make_problem(426, "upgrade-required", "Upgrade required", handshake.why)
                                                  : make_problem(Error{Errc::kInvalidArgument, std::string(handshake.why)});
    if (handshake.status != 101) response.headers.insert(response.headers.end(), handshake.headers.begin(), handshake.headers.end());
    return reply(slot, request, std::move(response));
  }
  std::string head = encode_upgrade_head(handshake.headers);
  // A page cannot see why an upgrade failed, so it is given a socket that says so, and closes (CONTRACT 8).
  const auto refuse = [&](Errc code) {
    (code == Errc::kUnavailable ? counters_.streams_put_off : counters_.streams_refused).add();
    say_and_close(slot, head + websocket::encode_close(info(code).close_code, info(code).title));
  };
  if (endpoint.kind == Endpoint::Kind::kNoSocket) return refuse(Errc::kNotFound);
  auto holder = shared_.admission.identify(request, endpoint);
  if (!holder.ok()) return refuse(holder.error().code);
  if (!can_serve()) return refuse(Errc::kUnavailable);
  auto admitted = shared_.admission.admit(request, connections_[slot].reading->peer, std::move(*holder));
  if (!admitted.ok()) return refuse(admitted.error().code);
  const bool compresses = handshake.compression == websocket::Compression::kOn;
  connections_[slot].socket = std::make_unique<WebSocketConnection>(compresses ? &inflater_ : nullptr);
  ++sockets_now_;
  const Format format = compresses ? Format::kWebSocketDeflated : Format::kWebSocket;
  begin_stream(slot, endpoint, format, std::move(*admitted), query_value(request.query, "since"), std::move(head));
}

void Server::begin_stream(Slot slot, const Endpoint& endpoint, Format format, Admitted admitted, std::string_view named, std::string head) {
  Connection& connection = connections_[slot];
  loop_.timers().cancel(connection.reading->deadline);
  const std::string early = connection.reading->parser.take_rest();
  connection.reading.reset();
  connection.phase = Phase::kStream;
  connection.of_ip = std::move(admitted.of_ip);
  connection.of_user = std::move(admitted.of_user);
  if (admitted.holder) connection.session = std::make_unique<Session>(Session{std::move(*admitted.holder), {}});
  streams_.open(slot, endpoint.channel, format, named, std::move(head));
  if (connection.session) watch_token(slot);
  if (connection.socket) hear(slot, early);
}

// ---------------------------------------------------------------- what clients of streams say

void Server::read_stream(Slot slot) {
  std::array<char, 16u << 10> bytes;
  const ssize_t got = ::recv(connections_[slot].fd.get(), bytes.data(), bytes.size(), 0);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (got <= 0) return streams_.on_peer_closed(slot);
  if (connections_[slot].socket) hear(slot, std::string_view(bytes.data(), static_cast<std::size_t>(got)));
}

void Server::hear(Slot slot, std::string_view bytes) {
  WebSocketConnection& socket = *connections_[slot].socket;
  while (auto reaction = socket.next(bytes, loop_.clock().wall())) {
    streams_.on_heard(slot);
    counters_.socket_messages.add();
    react(slot, *reaction);
  }
}

void Server::react(Slot slot, WebSocketConnection::Reaction& reaction) {
  if (auto* say = std::get_if<WebSocketConnection::Say>(&reaction)) {
    streams_.tell(slot, std::move(say->bytes));
  } else if (auto* error = std::get_if<WebSocketConnection::SayError>(&reaction)) {
    counters_.socket_messages_refused.add();
    streams_.tell(slot, std::move(error->bytes));
  } else if (const auto* renew = std::get_if<WebSocketConnection::Renew>(&reaction)) {
    renew_token(slot, renew->token);
  } else if (auto* leave = std::get_if<WebSocketConnection::Leave>(&reaction)) {
    if (leave->protocol_error) counters_.socket_protocol_errors.add();
    streams_.end_with(slot, std::move(leave->bytes));
  }
}

// ---------------------------------------------------------------- the tokens of streams

std::string Server::notice(Slot slot, std::string_view type, std::string_view title, std::string_view message) {
  SystemRandom random;
  const WallTime now = loop_.clock().wall();
  return streams_.transport(slot).notification({make_id(now, random), type, title, message, format_time(now)});
}

void Server::renew_token(Slot slot, std::string_view token) {
  Connection& connection = connections_[slot];
  const Holder* before = connection.session ? &connection.session->holder : nullptr;
  auto holder = shared_.admission.renew(token, before, connection.of_user);
  const WallTime now = loop_.clock().wall();
  if (!holder.ok()) {
    const ErrcInfo& why = info(holder.error().code);
    if (why.code == Errc::kTooManyRequests) return streams_.end_with(slot, Farewell{why.close_code, why.title});
    counters_.socket_messages_refused.add();
    return streams_.tell(slot, websocket::encode_error(holder.error().detail, now));
  }
  if (connection.session) loop_.timers().cancel(connection.session->expiry);
  connection.session = std::make_unique<Session>(Session{std::move(*holder), {}});
  streams_.tell(slot, websocket::encode_auth_ok(connection.session->holder.expires_at, now));
  watch_token(slot);
}

void Server::watch_token(Slot slot) {
  Session& session = *connections_[slot].session;
  const auto left = session.holder.expires_at - loop_.clock().wall();
  const auto in = [&](std::chrono::milliseconds after, auto what) {
    session.expiry = loop_.timers().at(loop_.now() + std::max(after, std::chrono::milliseconds(1)), what);
  };
  if (left <= kExpiryNotice) return in(left, [this, slot] { end_expired(slot); });
  in(left - kExpiryNotice, [this, slot] {
    streams_.tell(slot, notice(slot, "token_expiring", "The session ends soon", "Renew the token: send it here, or open the stream anew."));
    watch_token(slot);
  });
}

void Server::end_expired(Slot slot) {
  if (connections_[slot].session->holder.expires_at > loop_.clock().wall()) return watch_token(slot);  // the wall clock went back
  end_unauthenticated(slot, "token_expired", "The token of this stream has expired.");
}

void Server::revoke(const Revocation& revocation) {
  for (Slot slot = 0; slot < connections_.size(); ++slot) {
    const Connection& connection = connections_[slot];
    if (connection.phase != Phase::kStream || !connection.session || !revocation.hits(connection.session->holder)) continue;
    end_unauthenticated(slot, "token_revoked", "The token of this stream was revoked.");
  }
}

void Server::end_unauthenticated(Slot slot, std::string_view type, std::string_view message) {
  const Farewell farewell{info(Errc::kUnauthenticated).close_code, message};
  streams_.end_with(slot, notice(slot, type, "The session has ended", message) + streams_.transport(slot).farewell(farewell));
}

// ---------------------------------------------------------------- StreamWire

std::optional<std::size_t> Server::send(StreamId stream, std::span<const iovec> pieces) {
  return send_now(connections_[stream].fd.get(), pieces);
}

void Server::send_all(std::span<const StreamId> streams, std::span<const iovec> pieces, std::span<std::optional<std::size_t>> taken) {
  sending_fds_.clear();
  for (const StreamId stream : streams) sending_fds_.push_back(connections_[stream].fd.get());
  sender_.send(sending_fds_, pieces, taken);
}

void Server::close(StreamId stream, Ending ending) {
  if (ending == Ending::kAborted) {
    const struct linger at_once{1, 0};  // a reset instead of a last wait, socket(7)
    ::setsockopt(connections_[stream].fd.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  }
  if (ending != Ending::kSaid) return close_slot(stream);
  Connection& connection = connections_[stream];
  if (connection.session) loop_.timers().cancel(connection.session->expiry);
  connection.session.reset();
  connection.of_ip = {};
  connection.of_user = {};
  watch_writable(stream, false);
  linger(stream);
}

void Server::watch_writable(StreamId stream, bool wanted) {
  loop_.poller().modify(connections_[stream].fd.get(), token_of(stream), wanted ? Interest::kReadWrite : Interest::kRead);
}

}  // namespace freshet::broker
