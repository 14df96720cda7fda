// Any bytes from a client: heard whole, byte by byte and in sevens they are the same events and the same end; the memory kept is
// bounded; what was heard and is said again by a server comes out the same; and no Sec-WebSocket header is read past its end.
#include <string>
#include <string_view>
#include <vector>

#include "broker/websocket/decoder.hpp"
#include "broker/websocket/encoder.hpp"
#include "broker/websocket/handshake.hpp"
#include "shared/check.hpp"
#include "shared/limits.hpp"

using namespace freshet;
using namespace freshet::broker::websocket;

namespace {

struct Heard {
  std::vector<Event> events;
  std::uint16_t failed = 0;
};

Heard hear(std::string_view bytes, std::size_t piece, Inflater* inflater) {
  Heard out;
  Decoder decoder(inflater);
  while (!bytes.empty()) {
    std::string_view part = bytes.substr(0, piece);
    bytes.remove_prefix(part.size());
    Event event;
    Failure failure;
    for (auto outcome = decoder.next(part, event, failure); outcome != Decoder::Outcome::kMore;
         outcome = decoder.next(part, event, failure)) {
      FRESHET_CHECK(out.failed == 0);
      if (outcome == Decoder::Outcome::kFailed) out.failed = failure.close_code;
      if (outcome == Decoder::Outcome::kEvent) out.events.push_back(std::move(event));
    }
    FRESHET_CHECK(part.empty());
  }
  return out;
}

void check_same(const Heard& a, const Heard& b) {
  FRESHET_CHECK(a.failed == b.failed && a.events.size() == b.events.size());
  for (std::size_t i = 0; i < a.events.size(); ++i) {
    FRESHET_CHECK(a.events[i].kind == b.events[i].kind && a.events[i].payload == b.events[i].payload &&
                  a.events[i].close_code == b.events[i].close_code);
  }
}

void check_event(const Event& event) {
  const bool text = event.kind == Event::Kind::kText || event.kind == Event::Kind::kClose;
  FRESHET_CHECK(event.payload.size() <= limits::kWebSocketMessageBytes);
  FRESHET_CHECK(!text || utf8_length(event.payload).has_value());
  FRESHET_CHECK(event.kind == Event::Kind::kClose || event.close_code == close::kNone);
}

// A message of ours, masked as a client would, is heard as it was.
void check_echo(std::string_view payload, Deflater& deflater, Inflater& inflater) {
  for (std::string frame : {encode_text(payload), encode_text_deflated(payload, deflater)}) {
    const unsigned length = static_cast<unsigned char>(frame[1]);
    frame[1] = static_cast<char>(length | 0x80);
    frame.insert(length < 126 ? 2 : length == 126 ? 4 : 10, 4, '\0');
    const Heard heard = hear(frame, frame.size(), &inflater);
    FRESHET_CHECK(heard.events.size() == 1 && heard.events[0].payload == payload);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static Inflater inflater;
  static Deflater deflater;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  for (Inflater* with : {static_cast<Inflater*>(nullptr), &inflater}) {
    const Heard whole = hear(bytes, size + 1, with);
    check_same(whole, hear(bytes, 1, with));
    check_same(whole, hear(bytes, 7, with));
    for (const Event& event : whole.events) check_event(event);
    if (!whole.events.empty() && whole.events[0].kind == Event::Kind::kText) check_echo(whole.events[0].payload, deflater, inflater);
  }
  static_cast<void>(offers_deflate(bytes));
  FRESHET_CHECK(accept_key(bytes.substr(0, 100)).size() == 28);
  return 0;
}
