// App: from a request to its response: what the rules of CONTRACT 1 ask of every call, around the handlers.
//
// Order     limits · answers remembered · path · preflight · method · who asks · body · handler · headers that all answers carry
// Errors    none leave it: each becomes a problem
// Lifetime  borrows its parts; they outlive it
#pragma once

#include <cstdint>
#include <string>

#include "functions/api/answer_cache.hpp"
#include "functions/api/context.hpp"
#include "functions/api/freshness.hpp"
#include "functions/api/http.hpp"
#include "functions/api/router.hpp"

namespace freshet::api {

// BodySource: the request's body, read only when it is wanted.
class BodySource {
 public:
  virtual ~BodySource() = default;
  // The whole body; kPayloadTooLarge when it has more than `bytes_max`, kInvalidArgument when the client did not finish it.
  [[nodiscard]] virtual Result<std::string> read(std::size_t bytes_max) = 0;
};

struct Parts {
  const Clock& clock;
  Random& random;
  const Settings& settings;
  Log& log;
  Store& store;
  Bus& bus;
  const TokenKeys& keys;
  Counters& counters;
  Gate& gate;
  Freshness& freshness;
  AnswerCache& cache;
};

class App {
 public:
  App(const Parts& parts, Router router) : parts_(parts), router_(std::move(router)) {}
  // The answer to a plain GET that this instance remembers, to be sent as it lies there; nullptr for every other request. Lives until the
  // next call.
  [[nodiscard]] Repeated* remembered(const RequestHead& request);
  // The answer to a request that remembered() had none for. `request` comes with method, target and headers.
  [[nodiscard]] Response answer(Request& request, BodySource& body);
  [[nodiscard]] const Router& router() const { return router_; }

 private:
  template <typename Headers>
  [[nodiscard]] AnswerCache::Entry* find_remembered(Method method, std::string_view target, const Headers& headers);
  void remember(const Request& request, Answer answer);
  [[nodiscard]] Response route(Request& request, BodySource& body);
  [[nodiscard]] Result<Response> run(const Route& route, Request& request, BodySource& body);
  [[nodiscard]] Result<void> admit(const Route& route, const Request& request, Context& context) const;

  Parts parts_;
  Router router_;
};

}  // namespace freshet::api
