// The parser of what a server sends: never crashes, never gives a view outside what it was fed, and the cut does not matter. What a header block
// says must survive being read and formatted again.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "shared/nats/protocol.hpp"

namespace {

using namespace freshet;
using namespace freshet::nats;

void require(bool condition) {
  if (!condition) std::abort();
}

void check_headers(HeaderView headers) {
  const HeaderList list = headers.list();
  if (list.empty()) return;
  const auto block = format_headers(list);
  if (block.ok()) require(HeaderView(*block).list() == list);
  for (const auto& [name, value] : list) require(headers.find(name).has_value());
}

std::string drain(Parser& parser, bool& failed) {
  std::string seen;
  while (true) {
    const auto operation = parser.next();
    failed = !operation.ok();
    if (failed || !*operation) return seen;
    const Operation& o = **operation;
    seen += std::to_string(static_cast<int>(o.kind)) + ' ' + std::to_string(o.subscription) + ' ';
    seen.append(o.subject).append(" ").append(o.reply).append(" ").append(o.headers.block()).append(" ").append(o.payload).append(" ").append(o.text);
    seen += '\n';
    check_headers(o.headers);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  Parser whole;
  whole.feed(bytes);
  bool whole_failed = false;
  const std::string expected = drain(whole, whole_failed);

  Parser pieces;
  std::string seen;
  bool failed = false;
  for (std::size_t at = 0; at < size && !failed;) {
    const std::size_t piece = 1 + data[at] % 7;
    pieces.feed(bytes.substr(at, piece));
    seen += drain(pieces, failed);
    at += piece;
  }
  require(seen == expected && failed == whole_failed);
  check_headers(HeaderView(bytes));
  return 0;
}
