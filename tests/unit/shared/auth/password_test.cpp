#include "shared/auth/password.hpp"

#include <doctest/doctest.h>

#include <string>

namespace freshet {
namespace {

TEST_CASE("a password is stored as argon2id with 19 MiB and two passes, salted, and is found again") {
  const auto first = hash_password("correct horse battery");
  const auto second = hash_password("correct horse battery");
  REQUIRE(first.ok());
  REQUIRE(second.ok());
  CHECK(first->starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
  CHECK(*first != *second);
  CHECK(check_password("correct horse battery", *first) == PasswordCheck::kRight);
  CHECK(check_password("correct horse battery", *second) == PasswordCheck::kRight);
  CHECK(check_password("correct horse batterY", *first) == PasswordCheck::kWrong);
  CHECK(check_password("correct horse battery ", *first) == PasswordCheck::kWrong);
  CHECK(!needs_rehash(*first));
}

TEST_CASE("the length of a password is bounded in characters, not bytes") {
  struct Row {
    std::string password;
    bool accepted;
  };
  std::string thai;
  for (int i = 0; i < 1024; ++i) thai += "ก";
  const Row rows[] = {{"1234567", false}, {"12345678", true}, {std::string(1024, 'x'), true}, {std::string(1025, 'x'), false}, {thai, true}, {thai + "ก", false},
                      {"กขคงจฉช", false}, {"กขคงจฉชซ", true}, {"1234567\xff", false}, {std::string(100'000, 'x'), false}, {"", false}};
  for (const auto& row : rows) {
    CAPTURE(row.password.size());
    CHECK(is_password(row.password) == row.accepted);
    if (!row.accepted) {
      CHECK(hash_password(row.password).error().code == Errc::kInvalidArgument);
      continue;
    }
    const auto hash = hash_password(row.password);
    REQUIRE(hash.ok());
    CHECK(check_password(row.password, *hash) == PasswordCheck::kRight);
  }
}

TEST_CASE("a stored text that is no hash of ours never lets anybody in") {
  const std::string good = hash_password("a long password").value();
  for (const std::string& phc : {std::string(), std::string("a long password"), std::string("$argon2id$"), good.substr(0, good.size() - 1), good + "A", good + std::string(200, 'A'),
                                 std::string("$2b$12$abcdefghijklmnopqrstuv"), std::string("$argon2id$v=19$m=4294967295,t=2,p=1$de7UdBY2IFzneUhAzSvVjA$8FNv4UDNVFC/CwTk81KBfMd3beASDEESgD66mfUXXBA"),
                                 std::string("$argon2i$v=19$m=19456,t=2,p=1$de7UdBY2IFzneUhAzSvVjA$8FNv4UDNVFC/CwTk81KBfMd3beASDEESgD66mfUXXBA"), good + '\0'}) {
    CAPTURE(phc);
    CHECK(check_password("a long password", phc) == PasswordCheck::kWrong);
  }
  CHECK(check_password_of_nobody("a long password") == PasswordCheck::kWrong);
}

TEST_CASE("a hash with other figures asks to be made again") {
  CHECK(needs_rehash("$argon2id$v=19$m=4096,t=3,p=1$c29tZXNhbHRzb21lc2FsdA$qqRDFXlLVLcVqgwAvuC4XhIpDYVvK1TFTfCWbr0tYkk"));
  CHECK(needs_rehash("no hash"));
}

}  // namespace
}  // namespace freshet
