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
#include <vector>

#include "shared/headers.hpp"
#include "shared/result.hpp"
#include "wasm/host/handle.hpp"

namespace freshet::host {

void drop_incoming_request(std::int32_t handle);
void drop_response_outparam(std::int32_t handle);
void drop_outgoing_body(std::int32_t handle);
void drop_fields(std::int32_t handle);

// RequestHead: method, target and headers of a request, lying where the host put them.
//
// Lifetime  the views live as long as the head, and no longer than until the next request's
class RequestHead {
 public:
  RequestHead(RequestHead&&) = default;
  RequestHead& operator=(RequestHead&&) = delete;
  ~RequestHead();

  [[nodiscard]] std::string_view method() const { return method_; }          // `GET`, as sent
  [[nodiscard]] std::string_view target() const { return target_; }          // path and query as sent; `/` where there is none
  [[nodiscard]] const HeaderViews& headers() const { return headers_; }      // names in lower case

 private:
  friend class IncomingRequest;
  RequestHead() = default;
  std::string_view method_;
  std::string_view target_ = "/";
  HeaderViews headers_;
  std::vector<void*> memory_;  // of the texts that found no room in HeadMemory
};

class IncomingRequest {
 public:
  explicit IncomingRequest(std::int32_t handle) : request_(handle) {}

  [[nodiscard]] RequestHead head() const;
  // The whole body; once. kPayloadTooLarge when it is longer than `bytes_max` (told from Content-Length where there is one, before a byte is
  // read), kUnavailable when it does not come within `wait` or breaks off.
  [[nodiscard]] Result<std::string> read_body(std::size_t bytes_max, std::optional<std::uint64_t> content_length,
                                              std::chrono::milliseconds wait);

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

// ReadyHead: status and headers of a response that is sent again and again, kept by the host.
//
// Bounds    costs the host about a KiB
class ReadyHead {
 public:
  // `content_length` is that of the body, or what a 304 stands for. Headers as for ResponseSender::send().
  ReadyHead(std::uint16_t status, const HeaderList& headers, std::size_t content_length);

 private:
  friend class ResponseSender;
  std::uint16_t status_;
  Handle<drop_fields> fields_;
};

class ResponseSender {
 public:
  explicit ResponseSender(std::int32_t handle) : outparam_(handle) {}

  // What send() and send_head() do, with a head made before.
  void send(const ReadyHead& head, std::string_view body);
  void send_head(const ReadyHead& head);

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
