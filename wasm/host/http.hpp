// One HTTP exchange over wasi:http 0.2: a request that comes in, a response that goes out.
//
// Lifetime  handle_http() owns both; what it does not answer becomes the host's 500
// Source    wasi:http/types 0.2; RFC 9110 (8.6 Content-Length, 9.3.2 HEAD, 15.4.5 304)
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "shared/headers.hpp"
#include "shared/result.hpp"
#include "wasm/host/handle.hpp"

namespace freshet::host {

void drop_incoming_request(std::int32_t handle);
void drop_response_outparam(std::int32_t handle);
void drop_outgoing_body(std::int32_t handle);

class IncomingRequest {
 public:
  explicit IncomingRequest(std::int32_t handle) : request_(handle) {}

  [[nodiscard]] std::string method() const;     // `GET`, as sent
  [[nodiscard]] std::string target() const;     // path and query as sent; `/` where there is none
  [[nodiscard]] std::string authority() const;  // host and port the client named, or empty
  [[nodiscard]] HeaderList headers() const;     // names in lower case
  // The whole body; once. kPayloadTooLarge when it is longer than `bytes_max` (told from Content-Length where there is one, before a byte is
  // read), kUnavailable when it does not come within `wait` or breaks off.
  [[nodiscard]] Result<std::string> read_body(std::size_t bytes_max, std::optional<std::uint64_t> content_length, std::chrono::milliseconds wait);

 private:
  Handle<drop_incoming_request> request_;
};

// BodyWriter: a response whose body is sent in pieces.
class BodyWriter {
 public:
  // Waits until the host has taken all of it; false when the client is gone or does not read for `wait`.
  [[nodiscard]] bool write(std::string_view bytes, std::chrono::milliseconds wait);
  // Ends the body. Without it the client sees the response break off.
  void finish();

 private:
  friend class ResponseSender;
  Handle<drop_outgoing_body> body_;
  OutputStream stream_;
};

class ResponseSender {
 public:
  explicit ResponseSender(std::int32_t handle) : outparam_(handle) {}

  // Head and whole body; Content-Length is set here. No `headers` may name a hop-by-hop field (RFC 9110 7.6.1); the host refuses those, and
  // the answer is then a 500 without any.
  void send(std::uint16_t status, const HeaderList& headers, std::string_view body);
  // Head alone, for HEAD and 304: `content_length` is what a GET would have sent, nothing where that is not known.
  void send_head(std::uint16_t status, const HeaderList& headers, std::optional<std::size_t> content_length);
  // Head at once, chunked body to follow.
  [[nodiscard]] BodyWriter start(std::uint16_t status, const HeaderList& headers);

 private:
  Handle<drop_response_outparam> outparam_;
};

// Defined by the component: answers one request.
void handle_http(IncomingRequest request, ResponseSender response);

}  // namespace freshet::host
