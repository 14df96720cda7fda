// Once: what makes a POST with an Idempotency-Key happen once (CONTRACT 1; DESIGN "Idempotency").
//
// Shape     the call's batch ends with a claim of `log.request.<user>.<key>`, expected to be empty. It keeps the digest of the call and
//           what the answer is made of: a small body, or how many messages before the claim the event lies from which the answer is
//           rendered again. Its sequence is the position of the call.
// Bounds    a key has 1 to 255 printable ASCII characters; a claim lives 1 h
// Errors    kKeyReused: the key was used for another call; kInvalidArgument: no key that we take
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "functions/api/context.hpp"
#include "functions/api/http.hpp"

namespace freshet::api {

struct Kept {
  std::uint16_t status = 200;
  std::string body;                    // empty where the answer is rendered from an event
  std::uint64_t event_distance = 0;    // from that event to the claim
  StreamSequence sequence{};           // of the claim

  [[nodiscard]] StreamSequence event() const { return StreamSequence{sequence.value - event_distance}; }
};

class Once {
 public:
  // Without the header every call is a new one, and keyed() says false.
  [[nodiscard]] static Result<Once> of(const Request& request, const Context& context);
  [[nodiscard]] bool keyed() const { return !subject_.empty(); }
  // What the call answered when it was made before.
  [[nodiscard]] Result<std::optional<Kept>> kept(Context& context) const;
  // The last message of the call's batch. Only when keyed().
  [[nodiscard]] Append claim(const Kept& kept) const;

 private:
  std::string subject_;
  std::string digest_;
};

// Where a create lies in the log.
struct Created {
  StreamSequence event;     // of the new entity
  StreamSequence position;  // of the whole call
};

// Appends a create, whose last message is the entity's event, and behind it the claim of a keyed call. `body` is the answer to be given
// again; empty where it is rendered from the event.
[[nodiscard]] Result<Created> commit_create(Log& log, const Once& once, std::vector<Append> appends, std::string body = {});

}  // namespace freshet::api
