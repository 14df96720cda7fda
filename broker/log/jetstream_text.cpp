#include "broker/log/jetstream_text.hpp"

#include <array>
#include <charconv>

#include "shared/json.hpp"

namespace freshet::broker {

std::optional<std::uint64_t> parse_count(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || ec != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<Delivered> parse_ack_subject(std::string_view reply) {
  std::array<std::string_view, 12> tokens{};
  std::size_t count = 0;
  while (!reply.empty() && count < tokens.size()) {
    const auto dot = reply.find('.');
    tokens[count++] = reply.substr(0, dot);
    reply = dot == std::string_view::npos ? std::string_view() : reply.substr(dot + 1);
  }
  // $JS.ACK.<stream>.<consumer>.<delivered>.<stream sequence>.<consumer sequence>.<time>.<pending>, or with
  // <domain>.<account hash> behind ACK and a random token at the end.
  if (count < 9 || tokens[0] != "$JS" || tokens[1] != "ACK") return std::nullopt;
  const std::size_t consumer = count >= 11 ? 5 : 3;
  const auto stream_sequence = parse_count(tokens[consumer + 2]);
  const auto consumer_sequence = parse_count(tokens[consumer + 3]);
  if (!stream_sequence || !consumer_sequence) return std::nullopt;
  return Delivered{tokens[consumer], StreamSequence{*stream_sequence}, *consumer_sequence};
}

std::optional<StreamState> parse_stream_info(std::string_view payload) {
  const auto answer = parse_json_object(payload);
  if (!answer.ok()) return std::nullopt;
  const Json* state = json_member(*answer, "state");
  if (state == nullptr || !state->is_object()) return std::nullopt;
  const auto first = json_integer(*state, "first_seq");
  const auto last = json_integer(*state, "last_seq");
  if (!first || !last || *first < 0 || *last < 0) return std::nullopt;
  return StreamState{StreamSequence{static_cast<std::uint64_t>(*first)}, StreamSequence{static_cast<std::uint64_t>(*last)}};
}

}  // namespace freshet::broker
