// Exports wasi:http/incoming-handler 0.2. A file of its own: a component that does not export it does not link it.
#include "freshet.h"
#include "wasm/host/http.hpp"

extern "C" void exports_wasi_http_incoming_handler_handle(exports_wasi_http_incoming_handler_own_incoming_request_t request,
                                                          exports_wasi_http_incoming_handler_own_response_outparam_t response) {
  freshet::host::handle_http(freshet::host::IncomingRequest(request.__handle), freshet::host::ResponseSender(response.__handle));
}
