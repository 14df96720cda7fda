#include "broker/loop/sender.hpp"

#include <doctest/doctest.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <string>
#include <vector>

#include "broker/loop/descriptor.hpp"
#include "shared/check.hpp"

using namespace freshet;
using namespace freshet::broker;

namespace {

struct Pair {
  Pair() {
    std::array<int, 2> fds{};
    FRESHET_CHECK(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds.data()) == 0);
    ours = Descriptor(fds[0]);
    theirs = Descriptor(fds[1]);
  }
  [[nodiscard]] std::string read() const {
    std::string out;
    std::array<char, 4096> bytes{};
    for (ssize_t got = 0; (got = ::recv(theirs.get(), bytes.data(), bytes.size(), 0)) > 0;) out.append(bytes.data(), static_cast<std::size_t>(got));
    return out;
  }
  Descriptor ours;
  Descriptor theirs;
};

iovec piece(std::string& text) { return {text.data(), text.size()}; }

// Both kinds must do the same; the second is left out where the kernel forbids io_uring.
std::vector<std::unique_ptr<Sender>> senders() {
  std::vector<std::unique_ptr<Sender>> out;
  out.push_back(make_plain_sender());
  auto uring = make_uring_sender();
  if (uring.ok()) {
    out.push_back(std::move(*uring));
  } else {
    MESSAGE("not tested: ", uring.error().detail);
  }
  return out;
}

std::vector<int> fds_of(const std::vector<Pair>& pairs) {
  std::vector<int> out;
  for (const Pair& pair : pairs) out.push_back(pair.ours.get());
  return out;
}

}  // namespace

TEST_CASE("every socket is given the same bytes, however many sockets and pieces there are") {
  for (const auto& sender : senders()) {
    for (const std::size_t count : {1u, 3u, 4u, 255u, 256u, 257u, 600u}) {
      const std::vector<Pair> pairs(count);
      std::vector<Sender::Taken> taken(count);
      std::string one = "data: 1\n\n";
      std::string two = "data: 2\n\n";
      const std::array pieces{piece(one), piece(two)};
      sender->send(fds_of(pairs), std::span(pieces).first(1), taken);
      sender->send(fds_of(pairs), pieces, taken);
      for (std::size_t i = 0; i < count; ++i) {
        REQUIRE(taken[i] == one.size() + two.size());
        REQUIRE(pairs[i].read() == one + one + two);
      }
    }
  }
}

TEST_CASE("a socket that is full takes a part or nothing, and one that is broken does not hold up the others") {
  for (const auto& sender : senders()) {
    std::vector<Pair> pairs(8);
    pairs[2].theirs.reset();
    std::string large(1u << 20, 'x');
    const iovec whole = piece(large);
    std::vector<Sender::Taken> first(pairs.size());
    std::vector<Sender::Taken> second(pairs.size());
    sender->send(fds_of(pairs), {&whole, 1}, first);
    sender->send(fds_of(pairs), {&whole, 1}, second);
    for (std::size_t i = 0; i < pairs.size(); ++i) {
      if (i == 2) {
        CHECK_FALSE(first[i].has_value());
        continue;
      }
      REQUIRE(first[i].has_value());
      CHECK(*first[i] > 0);
      CHECK(*first[i] < large.size());
      CHECK(second[i] == 0);
      CHECK(pairs[i].read().size() == *first[i]);
    }
  }
}
