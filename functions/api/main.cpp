// The component: makes the parts, hands them to each other, and carries requests between the host and the App.
//
// An instance is made with its first request and may be gone after it. What it holds is a connection and caches.
#include <charconv>
#include <cstdlib>

#include "functions/api/accounts.hpp"
#include "functions/api/app.hpp"
#include "functions/api/articles.hpp"
#include "functions/api/authentication.hpp"
#include "functions/api/categories.hpp"
#include "functions/api/courses.hpp"
#include "functions/api/documents.hpp"
#include "functions/api/health.hpp"
#include "functions/api/nats_counters.hpp"
#include "functions/api/nats_parts.hpp"
#include "functions/api/problem.hpp"
#include "wasm/host/clock.hpp"
#include "wasm/host/http.hpp"
#include "wasm/host/tcp.hpp"

namespace freshet::api {
namespace {

constexpr std::chrono::seconds kBodyWait{8};  // below the host's limit for a request

class HostBody final : public BodySource {
 public:
  HostBody(host::IncomingRequest& request, const HeaderList& headers) : request_(request), headers_(headers) {}

  Result<std::string> read(std::size_t bytes_max) override {
    auto body = request_.read_body(bytes_max, content_length(), kBodyWait);
    if (!body.ok() && body.error().code == Errc::kUnavailable)
      return Error{Errc::kInvalidArgument, "the body did not arrive whole and in time"};
    return body;
  }

 private:
  [[nodiscard]] std::optional<std::uint64_t> content_length() const {
    const std::string* text = find_header(headers_, "content-length");
    std::uint64_t value = 0;
    if (text == nullptr || std::from_chars(text->data(), text->data() + text->size(), value).ec != std::errc{}) return std::nullopt;
    return value;
  }

  host::IncomingRequest& request_;
  const HeaderList& headers_;
};

std::vector<Route> all_routes() {
  std::vector<Route> all;
  for (const auto& some : {article_routes(), category_routes(), course_routes(), account_routes(), health_routes(), document_routes()}) {
    all.insert(all.end(), some.begin(), some.end());
  }
  return all;
}

nats::ClientOptions client_options(nats::ServerUrl server) {
  nats::ClientOptions options;
  options.server = std::move(server);
  options.name = "freshet-functions";
  options.inbox_prefix = "_INBOX_functions";
  return options;
}

// Instance: everything that lives as long as the component's instance.
class Instance {
 public:
  Instance(Settings settings, TokenKeys keys, nats::ServerUrl server)
      : settings_(std::move(settings)),
        keys_(std::move(keys)),
        client_(transport_, clock_, random_, client_options(std::move(server))),
        app_(Parts{clock_, random_, settings_, log_, store_, bus_, keys_, counters_, gate_, freshness_, cache_}, Router(all_routes())) {
    hear("live.invalidate.>");
    for (const std::string_view subject : TokenGate::kHeard) hear(subject);
  }

  void handle(host::IncomingRequest& incoming, host::ResponseSender& sender) {
    const host::RequestHead head = incoming.head();
    const Method method = parse_method(head.method());
    if (Repeated* known = app_.remembered({method, head.target(), head.headers()})) return send_again(sender, *known);
    Request request;
    request.method = method;
    request.target = head.target();
    request.headers.assign(head.headers().begin(), head.headers().end());
    HostBody body(incoming, request.headers);
    send(sender, app_.answer(request, body));
  }

 private:
  struct HostHead final : Prepared {
    explicit HostHead(const Response& response)
        : head(response.status, response.headers, response.stands_for.value_or(response.body.size())) {}
    host::ReadyHead head;
  };

  static void send_again(host::ResponseSender& sender, Repeated& known) {
    if (known.prepared == nullptr) known.prepared = std::make_unique<HostHead>(known.response);
    const host::ReadyHead& head = static_cast<const HostHead&>(*known.prepared).head;
    if (known.response.stands_for) {
      sender.send_head(head);
    } else {
      sender.send(head, known.response.body);
    }
  }

  static void send(host::ResponseSender& sender, const Response& response) {
    const bool bodiless = response.stands_for || response.status == 204;
    if (bodiless) {
      sender.send_head(response.status, response.headers, response.stands_for);
    } else {
      sender.send(response.status, response.headers, response.body);
    }
  }

  void hear(std::string_view subject) {
    const auto heard = client_.subscribe(subject, {}, [this](const nats::MessageView& message) { invalidate(message.subject); });
    FRESHET_CHECK(heard.ok());
  }

  void invalidate(std::string_view subject) {
    cache_.invalidate(subject);
    gate_.invalidate(subject);
    if (subject == "live.invalidate.epoch") log_.forget_epoch();
  }

  Settings settings_;
  TokenKeys keys_;
  host::HostClock clock_;
  SystemRandom random_;
  host::TcpTransport transport_;
  nats::Client client_;
  NatsLog log_{client_, random_};
  NatsStore store_{client_};
  NatsBus bus_{client_};
  NatsFreshness freshness_{client_};
  NatsCounters counters_{client_, random_};
  AnswerCache cache_;
  TokenGate gate_{keys_, log_, freshness_, clock_};
  App app_;
};

// The instance, or why there cannot be one.
Result<std::unique_ptr<Instance>> make_instance() {
  FRESHET_TRY(settings, read_settings([](const char* name) -> const char* { return std::getenv(name); }));
  FRESHET_TRY(keys, TokenKeys::make(settings));
  FRESHET_TRY(server, nats::parse_server_url(settings.nats_url));
  return std::make_unique<Instance>(std::move(settings), std::move(keys), std::move(server));
}

}  // namespace
}  // namespace freshet::api

void freshet::host::handle_http(IncomingRequest request, ResponseSender response) {
  static auto instance = api::make_instance();
  if (instance.ok()) return (*instance)->handle(request, response);
  const api::Response refusal = api::problem(Error{Errc::kUnavailable, instance.error().detail});
  response.send(refusal.status, refusal.headers, refusal.body);
}
