#include "wasm/host/http.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <vector>

#include "freshet.h"
#include "wasm/host/head_memory.hpp"
#include "wasm/host/wait.hpp"

namespace freshet::host {
namespace {

constexpr std::size_t kReadBytes = 64 * 1024;
constexpr std::chrono::seconds kClientReadsWithin{30};

constexpr std::array<std::string_view, 9> kMethods{"GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"};

wasi_http_types_borrow_incoming_request_t borrow(const Handle<drop_incoming_request>& request) {
  return wasi_http_types_borrow_incoming_request({request.get()});
}

// A text or list of the host's as a view; what of it has to be freed goes to `memory`.
template <typename Text>
std::string_view keep_text(const Text& text, std::vector<void*>& memory) {
  if (text.len > 0 && !HeadMemory::holds(text.ptr)) memory.push_back(text.ptr);
  return {reinterpret_cast<const char*>(text.ptr), text.len};
}

void drop_incoming_body(std::int32_t handle) { wasi_http_types_incoming_body_drop_own({handle}); }
void drop_outgoing_response(std::int32_t handle) { wasi_http_types_outgoing_response_drop_own({handle}); }
using Fields = Handle<host::drop_fields>;
using OutgoingResponse = Handle<drop_outgoing_response>;

std::uint8_t* bytes_of(std::string_view text) { return reinterpret_cast<std::uint8_t*>(const_cast<char*>(text.data())); }

wasi_http_types_tuple2_field_key_field_value_t entry(std::string_view name, std::string_view value) {
  return {{bytes_of(name), name.size()}, {bytes_of(value), value.size()}};
}

// The fields of a response; none when the host refuses one of them.
std::optional<Fields> make_fields(const HeaderList& headers, std::string_view content_length) {
  std::vector<wasi_http_types_tuple2_field_key_field_value_t> entries;
  entries.reserve(headers.size() + 1);
  for (const auto& [name, value] : headers) entries.push_back(entry(name, value));
  if (!content_length.empty()) entries.push_back(entry("content-length", content_length));
  wasi_http_types_list_tuple2_field_key_field_value_t list{entries.data(), entries.size()};
  wasi_http_types_own_fields_t fields{};
  wasi_http_types_header_error_t error{};
  if (!wasi_http_types_static_fields_from_list(&list, &fields, &error)) return std::nullopt;
  return Fields(fields.__handle);
}

// Its own fields, and 500 for a status, where the host refuses a header.
Fields fields_or_none(std::uint16_t& status, const HeaderList& headers, std::string_view content_length) {
  auto fields = make_fields(headers, content_length);
  if (fields) return *std::move(fields);
  status = 500;
  return Fields(wasi_http_types_constructor_fields().__handle);
}

OutgoingResponse make_response(std::uint16_t status, Fields fields) {
  OutgoingResponse response(wasi_http_types_constructor_outgoing_response({fields.release()}).__handle);
  if (status != 200) {
    static_cast<void>(
        wasi_http_types_method_outgoing_response_set_status_code(wasi_http_types_borrow_outgoing_response({response.get()}), status));
  }
  return response;
}

OutgoingResponse make_response(std::uint16_t status, const HeaderList& headers, std::string_view content_length) {
  Fields fields = fields_or_none(status, headers, content_length);
  return make_response(status, std::move(fields));
}

OutgoingResponse response_of(std::uint16_t status, const Fields& fields) {
  return make_response(status, Fields(wasi_http_types_method_fields_clone(wasi_http_types_borrow_fields({fields.get()})).__handle));
}

Handle<drop_outgoing_body> body_of(const OutgoingResponse& response) {
  wasi_http_types_own_outgoing_body_t body{};
  if (!wasi_http_types_method_outgoing_response_body(wasi_http_types_borrow_outgoing_response({response.get()}), &body)) return {};
  return Handle<drop_outgoing_body>(body.__handle);
}

void set(Handle<drop_response_outparam>& outparam, OutgoingResponse response) {
  wasi_http_types_result_own_outgoing_response_error_code_t result{};
  result.is_err = false;
  result.val.ok = {response.release()};
  wasi_http_types_static_response_outparam_set({outparam.release()}, &result);
}

OutputStream stream_of(const Handle<drop_outgoing_body>& body) {
  wasi_http_types_own_output_stream_t stream{};
  if (!body || !wasi_http_types_method_outgoing_body_write(wasi_http_types_borrow_outgoing_body({body.get()}), &stream)) return {};
  return OutputStream(stream.__handle);
}

void finish_body(Handle<drop_outgoing_body> body) {
  wasi_http_types_error_code_t error{};
  if (body && !wasi_http_types_static_outgoing_body_finish({body.release()}, nullptr, &error)) wasi_http_types_error_code_free(&error);
}

// What the host takes at once goes before the response is handed over, so that head, body and end leave together and the host wakes up once.
void send_response(Handle<drop_response_outparam>& outparam, OutgoingResponse response, std::string_view body) {
  auto outgoing = body_of(response);
  OutputStream stream = body.empty() ? OutputStream() : stream_of(outgoing);
  if (!body.empty() && !stream) return;
  const bool at_once = body.empty() || write_now(stream, body);
  if (!at_once) {
    set(outparam, std::move(response));
    if (!write_all(stream, body, now() + kClientReadsWithin).ok()) return;  // the client is gone
  }
  stream.reset();
  finish_body(std::move(outgoing));
  if (at_once) set(outparam, std::move(response));
}

}  // namespace

void drop_fields(std::int32_t handle) { wasi_http_types_fields_drop_own({handle}); }
void drop_incoming_request(std::int32_t handle) { wasi_http_types_incoming_request_drop_own({handle}); }
void drop_response_outparam(std::int32_t handle) { wasi_http_types_response_outparam_drop_own({handle}); }
void drop_outgoing_body(std::int32_t handle) { wasi_http_types_outgoing_body_drop_own({handle}); }

RequestHead::~RequestHead() {
  for (void* one : memory_) std::free(one);
}

RequestHead IncomingRequest::head() const {
  const HeadMemory opened;
  RequestHead head;
  wasi_http_types_method_t method{};
  wasi_http_types_method_incoming_request_method(borrow(request_), &method);
  head.method_ = method.tag < kMethods.size() ? kMethods[method.tag] : keep_text(method.val.other, head.memory_);
  const Fields fields(wasi_http_types_method_incoming_request_headers(borrow(request_)).__handle);
  wasi_http_types_list_tuple2_field_key_field_value_t entries{};
  wasi_http_types_method_fields_entries(wasi_http_types_borrow_fields({fields.get()}), &entries);
  head.headers_.reserve(entries.len);
  for (std::size_t i = 0; i < entries.len; ++i) {
    const auto& [name, value] = entries.ptr[i];
    head.headers_.emplace_back(keep_text(name, head.memory_), keep_text(value, head.memory_));
  }
  if (entries.len > 0 && !HeadMemory::holds(entries.ptr)) std::free(entries.ptr);
  freshet_string_t target{};
  if (wasi_http_types_method_incoming_request_path_with_query(borrow(request_), &target)) head.target_ = keep_text(target, head.memory_);
  return head;
}

Result<std::string> IncomingRequest::read_body(std::size_t bytes_max, std::optional<std::uint64_t> content_length,
                                               std::chrono::milliseconds wait) {
  const Error too_large{Errc::kPayloadTooLarge, "the body may have at most " + std::to_string(bytes_max) + " bytes"};
  if (content_length && *content_length > bytes_max) return too_large;
  const SteadyTime deadline = now() + wait;
  wasi_http_types_own_incoming_body_t consumed{};
  wasi_http_types_own_input_stream_t opened{};
  const Error broken{Errc::kUnavailable, "the body cannot be read"};
  if (!wasi_http_types_method_incoming_request_consume(borrow(request_), &consumed)) return broken;
  const Handle<drop_incoming_body> body(consumed.__handle);
  if (!wasi_http_types_method_incoming_body_stream(wasi_http_types_borrow_incoming_body({body.get()}), &opened)) return broken;
  const InputStream stream(opened.__handle);
  const Pollable readable = subscribe(stream);
  std::string text;
  if (content_length) text.reserve(static_cast<std::size_t>(*content_length));
  while (true) {
    const std::size_t before = text.size();
    text.resize(before + std::min(kReadBytes, bytes_max + 1 - before));
    const auto count = read_now(stream, {text.data() + before, text.size() - before});
    text.resize(before + (count.ok() ? *count : 0));
    if (!count.ok()) break;  // closed, which is the end; a body that broke off is shorter than it said
    if (text.size() > bytes_max) return too_large;
    if (*count == 0 && wait_for(readable, deadline) == Waited::kDeadline) return Error{Errc::kUnavailable, "the body did not come in time"};
  }
  if (content_length && text.size() != *content_length) return Error{Errc::kInvalidArgument, "the body is shorter than its Content-Length"};
  return text;
}

ReadyHead::ReadyHead(std::uint16_t status, const HeaderList& headers, std::size_t content_length)
    : status_(status), fields_(fields_or_none(status_, headers, std::to_string(content_length))) {}

void ResponseSender::send(const ReadyHead& head, std::string_view body) {
  send_response(outparam_, response_of(head.status_, head.fields_), body);
}

void ResponseSender::send_head(const ReadyHead& head) { set(outparam_, response_of(head.status_, head.fields_)); }

void ResponseSender::send(std::uint16_t status, const HeaderList& headers, std::string_view body) {
  send_response(outparam_, make_response(status, headers, std::to_string(body.size())), body);
}

void ResponseSender::send_head(std::uint16_t status, const HeaderList& headers, std::optional<std::size_t> content_length) {
  set(outparam_, make_response(status, headers, content_length ? std::to_string(*content_length) : std::string()));
}

BodyWriter ResponseSender::start(std::uint16_t status, const HeaderList& headers) {
  OutgoingResponse response = make_response(status, headers, {});
  BodyWriter writer;
  writer.body_ = body_of(response);
  set(outparam_, std::move(response));
  writer.stream_ = stream_of(writer.body_);
  return writer;
}

bool BodyWriter::write(std::string_view bytes, std::chrono::milliseconds wait) {
  return stream_ && write_all(stream_, bytes, now() + wait).ok();
}

void BodyWriter::finish() {
  stream_.reset();
  finish_body(std::move(body_));
}

}  // namespace freshet::host
