#include "shared/nats/server.hpp"

#include <charconv>

#include "shared/json.hpp"

namespace freshet::nats {
namespace {

std::array<int, 3> version_numbers(std::string_view text) {
  std::array<int, 3> numbers{};
  for (int& number : numbers) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{}) break;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    if (!text.starts_with('.')) break;
    text.remove_prefix(1);
  }
  return numbers;
}

const Json* object_member(const Json* object, std::string_view name) {
  const Json* member = object == nullptr ? nullptr : json_member(*object, name);
  return member != nullptr && member->is_object() ? member : nullptr;
}

}  // namespace

Result<ServerFacts> server_facts(Client& client, std::chrono::milliseconds timeout) {
  auto answer = client.request("$SYS.REQ.SERVER.PING.VARZ", {}, {}, timeout, Repeat::kSafe);
  if (!answer.ok()) {
    Error error = std::move(answer).error();
    if (client.connected()) error.detail = "nats-server does not tell whether it syncs; its account must import $SYS.REQ.SERVER.PING.VARZ, "
                                           "as infra/nats/nats.conf does (" + error.detail + ')';
    return error;
  }
  FRESHET_TRY(json, parse_json_object(answer->payload));
  const Json* data = object_member(&json, "data");
  if (data == nullptr) return Error{Errc::kUnavailable, "nats-server answered with something else than its settings"};
  ServerFacts facts;
  facts.version = json_text_or(*data, "version", "0");
  facts.numbers = version_numbers(facts.version);
  facts.max_payload = static_cast<std::uint64_t>(std::max<std::int64_t>(json_integer(*data, "max_payload").value_or(0), 0));
  const Json* config = object_member(object_member(data, "jetstream"), "config");
  facts.sync_always = config != nullptr && json_true(*config, "sync_always");
  return facts;
}

Result<void> accept_server(const ServerFacts& facts) {
  if (facts.numbers < kServerMin) {
    return Error{Errc::kUnavailable, "nats-server " + facts.version + " is too old: at least 2.12 is needed (atomic batches, and expected "
                                     "sequences that hold under concurrency)"};
  }
  if (!facts.sync_always) {
    return Error{Errc::kUnavailable, "nats-server does not sync: set `sync_interval: always` in its jetstream block, or acknowledged "
                                     "events can be lost in a power cut"};
  }
  if (facts.max_payload < kMaxPayloadMin) {
    return Error{Errc::kUnavailable, "nats-server takes messages of " + std::to_string(facts.max_payload) + " bytes: set `max_payload: 4MB`"};
  }
  return {};
}

}  // namespace freshet::nats
