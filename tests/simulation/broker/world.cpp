#include "tests/simulation/broker/world.hpp"

#include <algorithm>

#include "broker/log/jetstream_text.hpp"
#include "shared/domain/article.hpp"
#include "shared/routing.hpp"
#include "shared/subject.hpp"

namespace freshet::simulation {

using broker::LogOutput;
using broker::StreamId;
using std::chrono::milliseconds;

namespace {

constexpr std::string_view kHead = "HTTP/1.1 200 OK\r\n\r\n";
constexpr std::size_t kPipeBytes = 4'000;

// One connection: what the broker has written and the client has not read.
struct Pipe {
  std::string bytes;
  bool used = false;
  bool watching = false;
  bool peer_gone = false;
};

}  // namespace

struct World::Broker final : broker::NatsWire, broker::LoopPorts, broker::LogReader {
  struct Side final : broker::StreamWire {
    Side(Broker& owner, std::uint32_t number)
        : broker(owner), streams(settings(number), owner.world.clock_, *this, owner, counters), next_tick(owner.world.clock_.steady()) {}

    static broker::StreamSettings settings(std::uint32_t number) {
      broker::StreamSettings out;
      out.loop = number;
      out.outbox_bytes_max = kOutboxBytes;
      out.ring = {kRingBytes, kRingEvents, std::chrono::seconds(20)};
      out.catching_up_max = 2;
      return out;
    }

    std::optional<std::size_t> send(StreamId id, std::span<const iovec> pieces) override {
      Pipe& pipe = pipes[id];
      broker.world.check(pipe.used, "bytes for a connection that is closed");
      if (pipe.peer_gone && broker.world.chance(50)) return std::nullopt;
      std::size_t sent = 0;
      for (const iovec& piece : pieces) {
        const std::size_t room = std::min(piece.iov_len, kPipeBytes - std::min(kPipeBytes, pipe.bytes.size()));
        pipe.bytes.append(static_cast<const char*>(piece.iov_base), room);
        sent += room;
        if (room < piece.iov_len) break;
      }
      return sent;
    }
    void watch_writable(StreamId id, bool wanted) override { pipes[id].watching = wanted; }
    void close(StreamId id, broker::Ending ending) override {
      if (ending == broker::Ending::kAborted) pipes[id].bytes.resize(broker.world.random_.below(pipes[id].bytes.size() + 1));
      broker.world.on_closed(number(), id, std::move(pipes[id].bytes));
      pipes[id] = Pipe{};
    }
    [[nodiscard]] std::uint32_t number() const { return static_cast<std::uint32_t>(this == broker.sides[1].get() ? 1 : 0); }

    void turn() {
      World& world = broker.world;
      for (StreamId id = 0; id < pipes.size(); ++id) {
        if (pipes[id].used && pipes[id].peer_gone && world.chance(30)) streams.on_peer_closed(id);
        if (pipes[id].used && pipes[id].watching && pipes[id].bytes.size() < kPipeBytes) streams.on_writable(id);
      }
      for (std::size_t left = 1 + world.random_.below(20); left > 0 && !mail.empty(); --left) {
        LogOutput output = std::move(mail.front());
        mail.pop_front();
        streams.on_log(std::move(output));
      }
      if (world.clock_.steady() >= next_tick) {
        next_tick = world.clock_.steady() + broker::Streams::kTick;
        streams.on_tick();
      }
      streams.on_turn_end();
    }

    Broker& broker;
    broker::LoopCounters counters;
    std::vector<Pipe> pipes;
    std::deque<LogOutput> mail;
    broker::Streams streams;
    SteadyTime next_tick;
  };

  Broker(World& owner, std::uint64_t number)
      : world(owner),
        inbox_("_INBOX_broker.n" + std::to_string(number)),
        hub(*this, *this, {"broker-n" + std::to_string(number), "local", kRingEvents}) {
    for (std::uint32_t i = 0; i < kLoops; ++i) sides.push_back(std::make_unique<Side>(*this, i));
  }

  std::string_view inbox() const override { return inbox_; }
  void receive_deliveries(std::string_view subject) override {
    deliveries = subject;
    if (world.connected_) world.server_.set_interest(subject);
  }
  void publish(std::string_view subject, std::string_view reply, std::string_view payload) override {
    if (world.connected_) world.server_.receive(subject, reply, payload);
  }
  void to_all(const LogOutput& output) override {
    if (const auto* released = std::get_if<broker::Released>(&output)) world.check_released(*released);
    if (std::holds_alternative<broker::LogBegin>(output)) store_heard.reset();  // what it said was of another log
    for (auto& side : sides) side->mail.push_back(output);
  }
  void to_one(std::uint32_t loop, LogOutput output) override { sides[loop]->mail.push_back(std::move(output)); }
  void read(const broker::PageRequest& request) override { requests.push_back(request); }

  void log_turn() {
    const SteadyTime now = world.clock_.steady();
    for (const auto& message : mail) {
      if (const auto delivered = broker::parse_ack_subject(message.reply)) arrived.try_emplace(delivered->stream_sequence.value, now);
      if (message.subject.starts_with("live.applied.")) {
        const Position applied = parse_position(message.payload).value();
        if (applied.epoch == hub.position().epoch) {
          store_heard = now;
          store_applied = applied.sequence.value;
        }
      }
      hub.on_message(message, now);
    }
    mail.clear();
    for (const auto& request : requests) hub.on_page_request(request, now);
    requests.clear();
    hub.on_turn_end(now);
    ready |= hub.ready();
  }

  World& world;
  const std::string inbox_;
  std::string deliveries;
  broker::LogHub hub;
  std::vector<std::unique_ptr<Side>> sides;
  std::vector<broker::NatsMessage> mail;
  std::vector<broker::PageRequest> requests;
  std::map<std::uint64_t, SteadyTime> arrived;
  std::optional<SteadyTime> store_heard;
  std::uint64_t store_applied = 0;
  bool ready = false;
};

World::World(std::uint64_t seed, Disasters disasters)
    : random_(seed), disasters_(disasters), server_(clock_, random_), clients_(kClients) {
  new_epoch();
  for (std::size_t i = 0; i < clients_.size(); ++i) clients_[i].channel = i % 2 == 0 ? kArticlesEn : kArticlesTh;
  for (int i = 0; i < 30; ++i) append_article();
  start_broker();
}

World::~World() = default;

// ---------------------------------------------------------------- the log

void World::new_epoch() {
  epoch_ = random_token(random_, 8);
  server_.append({std::string(kEpochSubject), {}, R"({"epoch":")" + epoch_ + R"("})"});
}

void World::append_article() {
  const std::string id = "01HF00000000000000000000" + std::string(2, static_cast<char>('A' + random_.below(6)));
  const Article* before = articles_.count(id) > 0 ? &articles_.at(id) : nullptr;
  Article now;
  now.id = id;
  now.slug = "slug";
  now.status = chance(60) ? PublicationStatus::kPublished : PublicationStatus::kDraft;
  now.author = {"01HF0000000000000000000000", "author", "Author"};
  const std::size_t length = chance(8) ? 20'000 : 50 + random_.below(400);
  now.translations[Language::kEnglish] = Translation{"Title", std::string(length, 'x'), "Excerpt"};
  now.created_at = now.updated_at = clock_.wall();
  now.deleted = before != nullptr && chance(10);
  const Event event = article_event(before, now, random_);
  const auto sequence = server_.append({article_subject(id), event_headers(event), encode_article(now)});
  if (event.before == Visibility::kPublic || event.now == Visibility::kPublic) public_.insert(sequence);
  if (now.deleted) {
    articles_.erase(id);
  } else {
    articles_[id] = now;
  }
}

void World::act_on_log() {
  const auto what = random_.below(10);
  if (what < 6) {
    for (std::uint64_t count = chance(10) ? random_.below(30) : 1; count > 0; --count) append_article();
  } else if (what < 8) {
    tokens_.push_back(server_.append({"log.token.x", {}, "{}"}));
  } else if (!tokens_.empty()) {
    server_.remove(tokens_.back());
    tokens_.pop_back();
  }
}

void World::cause_disaster() {
  const auto what = random_.below(4);
  if (what == 0) {
    new_epoch();
  } else if (what == 1) {  // restored from a backup
    const std::uint64_t kept = std::max(server_.first(), server_.last() - std::min(server_.last(), random_.below(20)));
    server_.truncate_after(kept);
    public_.erase(public_.upper_bound(kept), public_.end());
    std::erase_if(tokens_, [&](std::uint64_t sequence) { return sequence > kept; });
    store_applied_ = std::min(store_applied_, kept);
    lose_link();
    new_epoch();
  } else if (what == 2) {  // everything but the newest is purged, and the epoch said again
    server_.append({std::string(kEpochSubject), {}, R"({"epoch":")" + epoch_ + R"("})"});
    server_.purge_before(server_.last() - std::min(server_.last() - 1, random_.below(10)));
  } else {  // a client that makes up positions
    Client& client = clients_[random_.below(clients_.size())];
    disconnect(client);
    client.last_id = chance(50) ? "garbage" : format_position(epoch_, StreamSequence{server_.last() + 1000});
    client.knows_cursor = false;
  }
}

// ---------------------------------------------------------------- the broker and what is around it

void World::start_broker() {
  broker_ = std::make_unique<Broker>(*this, ++broker_number_);
  if (connected_) broker_->hub.on_connected(clock_.steady());
}

void World::kill_broker() {
  collect_tally();
  server_.lose_connection();
  for (Client& client : clients_) disconnect(client);
  broker_.reset();
  start_broker();
}

void World::lose_link() {
  if (!connected_) return;
  connected_ = false;
  server_.lose_connection();
  broker_->hub.on_disconnected(clock_.steady());
}

void World::find_link() {
  if (connected_) return;
  connected_ = true;
  server_.set_interest(broker_->deliveries);  // the library subscribes again
  broker_->hub.on_connected(clock_.steady());
}

void World::carry_messages() {
  server_.turn();
  if (!connected_ || stalled_link_) return;
  for (std::size_t left = random_.below(60); left > 0 && !server_.outgoing.empty(); --left) {
    broker::NatsMessage message = std::move(server_.outgoing.front());
    server_.outgoing.pop_front();
    const bool dropped = !healed_ && random_.below(400) == 0;
    if (!dropped) broker_->mail.push_back(std::move(message));
  }
}

void World::run_stores() {
  if (!store_alive_) return;
  const std::uint64_t behind = server_.last() - std::min(server_.last(), store_applied_);
  const std::uint64_t applied = store_applied_ + random_.below(behind + 1);
  const bool due = clock_.steady() - store_said_ >= milliseconds(500);
  if (applied == store_applied_ && !due) return;
  store_applied_ = applied;
  store_said_ = clock_.steady();
  if (connected_) server_.outgoing.push_back({"live.applied.local.s1", "", {}, format_position(epoch_, StreamSequence{store_applied_})});
}

void World::run_broker() {
  if (healed_ || chance(80)) broker_->log_turn();
  for (auto& side : broker_->sides) {
    if (healed_ || chance(80)) side->turn();
  }
  check_limits();
}

void World::check_limits() {
  for (const auto& side : broker_->sides) {
    const broker::Ring& ring = side->streams.ring();
    check(ring.events_now() <= kRingEvents, "the ring holds too many events");
    check(ring.bytes_now() <= kRingBytes || ring.events_now() == 1, "the ring holds too many bytes");
    for (StreamId id = 0; id < side->pipes.size(); ++id) {
      if (side->pipes[id].used) check(side->streams.outbox_bytes(id) <= kOutboxBytes, "an outbox is over its limit");
    }
  }
}

// DESIGN rule 8.
void World::check_released(const broker::Released& released) {
  const SteadyTime now = clock_.steady();
  const bool heard = broker_->store_heard && now - *broker_->store_heard <= broker::Hold::kHeardWithin;
  for (const auto& event : released.events) {
    const std::uint64_t sequence = event->sequence.value;
    const auto waited = now - broker_->arrived.at(sequence);
    if (waited > waited.zero()) ++tally_.held;
    if (!heard || sequence <= broker_->store_applied) continue;
    check(waited >= broker::Hold::kWaitMax, "event " + std::to_string(sequence) + " is out before the store has it");
  }
}

// ---------------------------------------------------------------- clients

void World::connect(Client& client) {
  const auto loop = static_cast<std::uint32_t>(random_.below(kLoops));
  Broker::Side& side = *broker_->sides[loop];
  if (client.stream || !broker_->ready || !side.streams.can_open()) return;
  StreamId id = 0;
  while (id < side.pipes.size() && side.pipes[id].used) ++id;
  if (id == side.pipes.size()) side.pipes.emplace_back();
  side.pipes[id].used = true;
  client.stream = {loop, id};
  client.opened = false;
  client.reader = SseReader();
  side.streams.open(id, client.channel, broker::Format::kSse, client.last_id, std::string(kHead));
}

// The client goes; the broker will see it sooner or later.
void World::disconnect(Client& client) {
  if (!client.stream) return;
  broker_->sides[client.stream->first]->pipes[client.stream->second].peer_gone = true;
  client.stream.reset();
}

void World::read_some(Client& client) {
  if (!client.stream || !client.reading) return;
  std::string& bytes = broker_->sides[client.stream->first]->pipes[client.stream->second].bytes;
  const std::size_t count = healed_ ? bytes.size() : random_.below(bytes.size() + 1);
  const std::string part = bytes.substr(0, count);
  bytes.erase(0, count);
  for (const SseEvent& event : client.reader.feed(part)) on_event(client, event);
}

// The broker has closed; what it had sent before still arrives.
void World::on_closed(std::uint32_t loop, StreamId id, std::string rest) {
  for (Client& client : clients_) {
    if (!client.stream || *client.stream != std::pair(loop, id)) continue;
    for (const SseEvent& event : client.reader.feed(rest)) on_event(client, event);
    client.stream.reset();
  }
}

void World::on_event(Client& client, const SseEvent& event) {
  if (event.type == "stream-reset") {
    check(disasters_ == Disasters::kAllowed, "a reset without a reason: " + event.data);
    ++tally_.resets;
    client.opened = true;
    client.last_id = event.id;
    client.knows_cursor = false;
    if (const auto position = parse_position(event.id); position->epoch == epoch_) {
      client.knows_cursor = true;
      client.cursor = position->sequence.value;
    }
    return;
  }
  if (event.type == "stream-open") {
    check(!client.opened, "a second opening");
    client.opened = true;
    if (!client.last_id.empty()) check(event.id == client.last_id, "the opening names another position than the client");
  }
  check(client.opened, "something came before the opening: " + event.type);
  if (!event.id.empty()) move_cursor(client, event.id, event.type.empty());
}

// The client's position goes to `id`: nothing between may have been left out.
void World::move_cursor(Client& client, const std::string& id, bool is_event) {
  const Position position = parse_position(id).value();
  const bool first = client.last_id.empty();
  client.last_id = id;
  if (position.epoch != epoch_) {  // sent before a disaster; a reset must follow
    check(disasters_ == Disasters::kAllowed, "a position of an epoch that never was");
    client.knows_cursor = false;
    return;
  }
  const std::uint64_t at = position.sequence.value;
  if (first) {
    client.knows_cursor = true;
    client.cursor = at;
    return;
  }
  if (!client.knows_cursor) {
    // Frames of before a purge or restore may still be under way; but an event must not go on behind a made-up position.
    check(!is_event || disasters_ == Disasters::kAllowed, "an event behind an unknown position");
    return;
  }
  const auto next = public_.upper_bound(client.cursor);
  if (is_event && next != public_.end() && *next < server_.first() && at > *next) {
    client.knows_cursor = false;  // purged before the broker had it: a reset must follow
    return;
  }
  if (is_event) {
    check(at > client.cursor, "event " + id + " came again behind " + std::to_string(client.cursor));
    check(next != public_.end() && *next == at,
          "a gap: event " + id + " came behind " + std::to_string(client.cursor) + ", not " +
              (next == public_.end() ? std::string("any") : std::to_string(*next)));
    ++tally_.events_seen;
  } else {
    check(at >= client.cursor, "the position went back to " + id);
    check(next == public_.end() || *next > at, "position " + id + " passes over event " + std::to_string(next == public_.end() ? 0 : *next));
  }
  client.cursor = at;
}

void World::act_on_client() {
  Client& client = clients_[random_.below(clients_.size())];
  switch (random_.below(8)) {
    case 0: disconnect(client); break;
    case 1: client.reading = chance(70); break;
    case 2:
    case 3: client.reading = true; break;
    case 4:
      if (chance(15)) {  // somebody else, with no past
        disconnect(client);
        client.last_id.clear();
        client.knows_cursor = false;
      }
      break;
    default: connect(client);
  }
}

// ---------------------------------------------------------------- time

void World::act() {
  const auto what = random_.below(1000);
  if (what < 500) {
    act_on_log();
  } else if (what < 900) {
    act_on_client();
  } else if (what < 920) {
    lose_link();
  } else if (what < 960) {
    find_link();
  } else if (what < 985) {
    stalled_link_ = !stalled_link_;
  } else if (what < 993) {
    store_alive_ = !store_alive_;
  } else if (what < 996) {
    kill_broker();
  } else if (disasters_ == Disasters::kAllowed) {
    cause_disaster();
  }
}

void World::step() {
  clock_.advance(milliseconds(chance(2) ? random_.below(4000) : random_.below(50)));
  if (!healed_) act();
  run_stores();
  carry_messages();
  run_broker();
  for (Client& client : clients_) {
    if (healed_ || chance(50)) read_some(client);
  }
}

void World::run(int steps) {
  find_link();
  for (int i = 0; i < steps && broken_.empty(); ++i) step();
}

void World::settle() {
  healed_ = true;
  stalled_link_ = false;
  store_alive_ = true;
  find_link();
  for (Client& client : clients_) client.reading = true;
  const auto done = [&](const Client& client) {
    return client.stream && client.knows_cursor && public_.upper_bound(client.cursor) == public_.end();
  };
  for (int i = 0; i < 3000 && broken_.empty(); ++i) {
    for (Client& client : clients_) connect(client);
    step();
    if (std::all_of(clients_.begin(), clients_.end(), done)) return collect_tally();
  }
  check(false, "a client does not get to the end of the log");
}

void World::collect_tally() {
  for (const auto& side : broker_->sides) {
    tally_.resumes_from_ring += side->counters.resumes_from_ring.get();
    tally_.resumes_from_log += side->counters.resumes_from_log.get();
    tally_.slow_consumers += side->counters.slow_consumers.get();
    tally_.stalled += side->counters.stalled.get();
  }
  tally_.repairs += broker_->hub.tail_attempts() - 1;
}

}  // namespace freshet::simulation
