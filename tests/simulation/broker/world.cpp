#include "tests/simulation/broker/world.hpp"

#include <algorithm>

#include "shared/domain/article.hpp"
#include "shared/routing.hpp"
#include "shared/subject.hpp"
#include "tests/simulation/broker/world_broker.hpp"

namespace freshet::simulation {

using broker::StreamId;
using std::chrono::milliseconds;

namespace {

constexpr std::string_view kHead = "HTTP/1.1 200 OK\r\n\r\n";

}  // namespace

World::World(std::uint64_t seed, Disasters disasters)
    : random_(seed), server_(clock_, random_), truth_{disasters, {}, 0, {{kArticlesEn, {}}, {kArticlesTh, {}}, {kCourses, {}}}} {
  new_epoch();
  using broker::Format;
  for (const auto& [channel, format] : {std::pair(kArticlesEn, Format::kSse),
                                        {kArticlesTh, Format::kSse},
                                        {kCourses, Format::kSse},
                                        {kCourses, Format::kWebSocket},
                                        {kCourses, Format::kWebSocket},
                                        {kCourses, Format::kWebSocketDeflated},
                                        {kCourses, Format::kWebSocketDeflated}}) {
    clients_.emplace_back(channel, format, truth_, tally_);
  }
  for (int i = 0; i < 30; ++i) append_event();
  start_broker();
}

World::~World() = default;

// ---------------------------------------------------------------- the log

void World::new_epoch() {
  truth_.epoch = random_token(random_, 8);
  say_epoch();
}

void World::say_epoch() { server_.append({std::string(kEpochSubject), {}, R"({"epoch":")" + truth_.epoch + R"("})"}); }

void World::append_event() {
  if (chance(50)) {
    append_article();
  } else {
    append_course();
  }
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
  if (event.before == Visibility::kPublic || event.now == Visibility::kPublic) {
    truth_.shown[kArticlesEn].insert(sequence);
    truth_.shown[kArticlesTh].insert(sequence);
  }
  if (now.deleted) {
    articles_.erase(id);
  } else {
    articles_[id] = now;
  }
}

void World::append_course() {
  const std::string id = "01HF00000000000000000000" + std::string(2, static_cast<char>('K' + random_.below(4)));
  const Course* before = courses_.count(id) > 0 ? &courses_.at(id) : nullptr;
  Course now;
  now.id = id;
  now.slug = now.title = "course";
  now.status = chance(60) ? PublicationStatus::kPublished : PublicationStatus::kDraft;
  now.description = std::string(chance(8) ? 20'000 : 50 + random_.below(400), 'x');
  for (char& c : now.description) c = static_cast<char>('a' + random_.below(26));  // so that it stays large when it is compressed
  now.created_at = now.updated_at = clock_.wall();
  now.deleted = before != nullptr && chance(10);
  now = following(before, now);
  const Event event = publication_event("course", before, now, random_);
  const auto sequence = server_.append({course_subject(id), event_headers(event), encode_course(now)});
  if (event.before == Visibility::kPublic || event.now == Visibility::kPublic) truth_.shown[kCourses].insert(sequence);
  if (now.deleted) {
    courses_.erase(id);
  } else {
    courses_[id] = now;
  }
}

void World::act_on_log() {
  const auto what = random_.below(10);
  if (what < 6) {
    for (std::uint64_t count = chance(10) ? random_.below(30) : 1; count > 0; --count) append_event();
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
    for (auto& [channel, shown] : truth_.shown) shown.erase(shown.upper_bound(kept), shown.end());
    std::erase_if(tokens_, [&](std::uint64_t sequence) { return sequence > kept; });
    store_applied_ = std::min(store_applied_, kept);
    lose_link();
    new_epoch();
  } else if (what == 2) {  // everything but the newest is purged, and the epoch said again
    say_epoch();
    server_.purge_before(server_.last() - std::min(server_.last() - 1, random_.below(10)));
  } else {  // a client that makes up positions
    Client& client = clients_[random_.below(clients_.size())];
    disconnect(client);
    client.become(chance(50) ? "garbage" : format_position(truth_.epoch, StreamSequence{server_.last() + 1000}));
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
  if (connected_)
    server_.outgoing.push_back({"live.applied.local.s1", "", {}, format_position(truth_.epoch, StreamSequence{store_applied_})});
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
  client.begin();
  side.streams.open(id, client.channel(), client.format(), client.last_id(), std::string(kHead));
}

// The client goes; the broker will see it sooner or later.
void World::disconnect(Client& client) {
  if (!client.stream) return;
  broker_->sides[client.stream->first]->pipes[client.stream->second].peer_gone = true;
  client.stream.reset();
}

void World::read_some(Client& client) {
  if (!client.stream || !client.reading) return;
  const auto [loop, id] = *client.stream;
  Broker::Side& side = *broker_->sides[loop];
  std::string& bytes = side.pipes[id].bytes;
  const std::size_t count = healed_ ? bytes.size() : random_.below(bytes.size() + 1);
  const std::string part = bytes.substr(0, count);
  bytes.erase(0, count);
  if (!part.empty()) side.streams.on_heard(id);  // who reads also answers
  client.feed(part);
}

// The broker has closed; what it had sent before still arrives.
void World::on_closed(std::uint32_t loop, StreamId id, std::string rest) {
  for (Client& client : clients_) {
    if (!client.stream || *client.stream != std::pair(loop, id)) continue;
    client.feed(rest);
    client.stream.reset();
  }
}

void World::act_on_client() {
  Client& client = clients_[random_.below(clients_.size())];
  switch (random_.below(8)) {
    case 0:
      disconnect(client);
      break;
    case 1:
      client.reading = chance(70);
      break;
    case 2:
    case 3:
      client.reading = true;
      break;
    case 4:
      if (chance(15)) {  // somebody else, with no past
        disconnect(client);
        client.become({});
      }
      break;
    default:
      connect(client);
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
  } else if (truth_.allows_disasters()) {
    cause_disaster();
  }
}

void World::step() {
  clock_.advance(milliseconds(chance(2) ? random_.below(4000) : random_.below(50)));
  if (!healed_) act();
  truth_.first = server_.first();
  run_stores();
  carry_messages();
  run_broker();
  for (Client& client : clients_) {
    if (healed_ || chance(50)) read_some(client);
    check(client.broken().empty(), client.broken());
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
  const auto done = [&](const Client& client) { return client.stream && client.has_everything(); };
  for (int i = 0; i < 3000 && broken_.empty(); ++i) {
    for (Client& client : clients_) connect(client);
    step();
    if (std::all_of(clients_.begin(), clients_.end(), done)) return collect_tally();
  }
  for (const Client& client : clients_) {
    const std::string where = client.stream ? "connected" : "not connected";
    check(done(client), client.name() + " does not get to the end of the log: " + where + ", at " + client.last_id());
  }
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
