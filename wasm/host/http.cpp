#include "wasm/host/http.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "freshet.h"
#include "wasm/host/wait.hpp"

namespace freshet::host {
namespace {

constexpr std::size_t kReadBytes = 64 * 1024;
constexpr std::chrono::seconds kClientReadsWithin{30};

constexpr std::array<std::string_view, 9> kMethods{"GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"};

wasi_http_types_borrow_incoming_request_t borrow(const Handle<drop_incoming_request>& request) {
  return wasi_http_types_borrow_incoming_request({request.get()});
}

std::string take_text(freshet_string_t& text) {
  std::string copy(reinterpret_cast<const char*>(text.ptr), text.len);
  if (text.len > 0) freshet_string_free(&text);
  return copy;
}

void drop_fields(std::int32_t handle) { wasi_http_types_fields_drop_own({handle}); }
void drop_incoming_body(std::int32_t handle) { wasi_http_types_incoming_body_drop_own({handle}); }
void drop_outgoing_response(std::int32_t handle) { wasi_http_types_outgoing_response_drop_own({handle}); }
using Fields = Handle<drop_fields>;
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

OutgoingResponse make_response(std::uint16_t status, const HeaderList& headers, std::string_view content_length) {
  auto fields = make_fields(headers, content_length);
  if (!fields) {
    fields = Fields(wasi_http_types_constructor_fields().__handle);
    status = 500;
  }
  OutgoingResponse response(wasi_http_types_constructor_outgoing_response({fields->release()}).__handle);
  if (status != 200) {
    static_cast<void>(wasi_http_types_method_outgoing_response_set_status_code(wasi_http_types_borrow_outgoing_response({response.get()}), status));
  }
  return response;
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

}  // namespace

void drop_incoming_request(std::int32_t handle) { wasi_http_types_incoming_request_drop_own({handle}); }
void drop_response_outparam(std::int32_t handle) { wasi_http_types_response_outparam_drop_own({handle}); }
void drop_outgoing_body(std::int32_t handle) { wasi_http_types_outgoing_body_drop_own({handle}); }

std::string IncomingRequest::method() const {
  wasi_http_types_method_t method{};
  wasi_http_types_method_incoming_request_method(borrow(request_), &method);
  if (method.tag < kMethods.size()) return std::string(kMethods[method.tag]);
  return take_text(method.val.other);
}

std::string IncomingRequest::target() const {
  freshet_string_t text{};
  return wasi_http_types_method_incoming_request_path_with_query(borrow(request_), &text) ? take_text(text) : std::string("/");
}

std::string IncomingRequest::authority() const {
  freshet_string_t text{};
  return wasi_http_types_method_incoming_request_authority(borrow(request_), &text) ? take_text(text) : std::string();
}

HeaderList IncomingRequest::headers() const {
  const Fields fields(wasi_http_types_method_incoming_request_headers(borrow(request_)).__handle);
  wasi_http_types_list_tuple2_field_key_field_value_t entries{};
  wasi_http_types_method_fields_entries(wasi_http_types_borrow_fields({fields.get()}), &entries);
  HeaderList headers;
  headers.reserve(entries.len);
  for (std::size_t i = 0; i < entries.len; ++i) {
    const auto& [name, value] = entries.ptr[i];
    headers.emplace_back(std::string(reinterpret_cast<const char*>(name.ptr), name.len),
                         std::string(reinterpret_cast<const char*>(value.ptr), value.len));
  }
  if (entries.len > 0) wasi_http_types_list_tuple2_field_key_field_value_free(&entries);
  return headers;
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

// What the host takes at once goes before the response is handed over, so that head, body and end leave together and the host wakes up once.
void ResponseSender::send(std::uint16_t status, const HeaderList& headers, std::string_view body) {
  OutgoingResponse response = make_response(status, headers, std::to_string(body.size()));
  auto outgoing = body_of(response);
  OutputStream stream = body.empty() ? OutputStream() : stream_of(outgoing);
  if (!body.empty() && !stream) return;
  const bool at_once = body.empty() || write_now(stream, body);
  if (!at_once) {
    set(outparam_, std::move(response));
    if (!write_all(stream, body, now() + kClientReadsWithin).ok()) return;  // the client is gone
  }
  stream.reset();
  finish_body(std::move(outgoing));
  if (at_once) set(outparam_, std::move(response));
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
