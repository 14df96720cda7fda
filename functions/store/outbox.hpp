// Outbox: what the store publishes, as its parts are given it.
//
// Errors    kPayloadTooLarge: over what the server takes. What is published while the connection is gone is lost, without an error here:
//           who asked asks again, and a new connection announces anew.
#pragma once

#include <string_view>

#include "shared/headers.hpp"
#include "shared/result.hpp"

namespace freshet::store {

class Outbox {
 public:
  virtual ~Outbox() = default;
  [[nodiscard]] virtual Result<void> publish(std::string_view subject, const HeaderList& headers, std::string_view payload) = 0;
};

}  // namespace freshet::store
