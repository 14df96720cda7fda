// Id: a ULID, 26 upper-case characters, sortable by the millisecond in which it was made.
//
// Shape     10 characters of time (48 bits of Unix milliseconds), 16 of randomness (80 bits), Crockford base 32.
// Source    github.com/ulid/spec, canonical string representation; lower case is not accepted, so that no slug is an id.
#pragma once

#include <string>
#include <string_view>

#include "shared/clock.hpp"
#include "shared/random.hpp"

namespace freshet {

[[nodiscard]] std::string make_id(WallTime now, Random& random);
[[nodiscard]] bool is_id(std::string_view text);
[[nodiscard]] WallTime time_of_id(std::string_view id);  // when it was made; `id` is one

}  // namespace freshet
