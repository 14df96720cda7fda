// Notification: one of the server's own, which is nowhere stored: a token is about to expire, has, or was revoked (CONTRACT 7, 8).
#pragma once

#include <string_view>

namespace freshet::broker {

struct Notification {
  std::string_view id;
  std::string_view type;
  std::string_view title;
  std::string_view message;
  std::string_view created_at;
};

}  // namespace freshet::broker
