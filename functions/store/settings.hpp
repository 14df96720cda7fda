// Settings of the store, from the environment (README, "Settings").
#pragma once

#include <functional>
#include <string>

#include "functions/store/report.hpp"
#include "shared/nats/client.hpp"
#include "shared/random.hpp"
#include "shared/result.hpp"

namespace freshet::store {

struct Settings {
  nats::ServerUrl server;
  std::string place = "local";   // FRESHET_PLACE: brokers wait for the stores of their own place
  std::string store_id;          // FRESHET_STORE_ID, else random: one store among those of a place
  std::string folder;            // where the read model's file lies
  Level log_level = Level::kInfo;
};

// `lookup` gives a variable's value or nullptr. Errors: kInvalidArgument, naming the variable.
[[nodiscard]] Result<Settings> read_settings(const std::function<const char*(const char*)>& lookup, std::string folder, Random& random);

}  // namespace freshet::store
