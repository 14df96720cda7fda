// freshet createsuperuser: a staff account, as one batch: the claim of its name and its state.
#include <termios.h>
#include <unistd.h>

#include <cstdio>
#include <iostream>
#include <string>

#include "infra/cli/command.hpp"
#include "shared/auth/password.hpp"
#include "shared/domain/user.hpp"
#include "shared/event.hpp"
#include "shared/id.hpp"
#include "shared/subject.hpp"
#include "shared/unicode.hpp"

namespace freshet::cli {
namespace {

// Switches the terminal's echo off while a password is typed.
class NoEcho {
 public:
  NoEcho() : active_(::tcgetattr(STDIN_FILENO, &before_) == 0) {
    if (!active_) return;
    termios silent = before_;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
  }
  ~NoEcho() {
    if (active_) ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
  }
  NoEcho(const NoEcho&) = delete;
  NoEcho& operator=(const NoEcho&) = delete;

 private:
  termios before_{};
  bool active_;
};

std::string ask(const char* prompt) {
  const NoEcho no_echo;
  std::fputs(prompt, stderr);
  std::string line;
  std::getline(std::cin, line);
  std::fputc('\n', stderr);
  return line;
}

// Typed twice at a terminal, else the first line of standard input.
Result<std::string> read_password() {
  std::string password;
  if (::isatty(STDIN_FILENO) != 0) {
    password = ask("Password: ");
    if (ask("Password (again): ") != password) return Error{Errc::kInvalidArgument, "the two passwords differ"};
  } else if (!std::getline(std::cin, password)) {
    return Error{Errc::kInvalidArgument, "the password is read from standard input, which is empty"};
  }
  if (password.ends_with('\r')) password.pop_back();
  if (!is_password(password)) return Error{Errc::kInvalidArgument, "a password has 8 to 1024 characters"};
  return password;
}

nats::Append event_append(std::string subject, std::string payload, std::string_view kind, WallTime now, Random& random) {
  nats::Append append;
  append.subject = std::move(subject);
  append.headers = event_headers(make_event(kind, Change::kCreated, now, random));
  append.payload = std::move(payload);
  return append;
}

Result<void> run(Program& program) {
  const std::string username = program.text("username", "");
  if (!is_username(username)) return Error{Errc::kInvalidArgument, "--username takes 3 to 150 letters, digits and @.+-_"};
  FRESHET_TRY(log, program.log());
  const std::string claim_subject = username_subject(fold(username));
  FRESHET_TRY(claim, log->last(kLogStream, claim_subject));
  const Error taken{Errc::kNameTaken, "the name " + username + " is taken"};
  if (claim && !claim->payload.empty()) return taken;
  FRESHET_TRY(password, read_password());

  const WallTime now = program.clock().wall();
  User user;
  user.id = make_id(now, program.random());
  user.username = username;
  user.name = program.text("name", username);
  user.email = program.text("email", "");
  user.is_staff = true;
  user.created_at = now;
  FRESHET_TRY(hash, hash_password(password));
  user.password = std::move(hash);

  nats::Append batch[] = {
      event_append(claim_subject, R"({"id":")" + user.id + R"("})", "username", now, program.random()),
      event_append(user_subject(user.id), encode_user(user), "user", now, program.random()),
  };
  batch[0].expected = claim ? claim->sequence : StreamSequence{0};
  batch[1].expected = StreamSequence{0};
  const auto ack = log->append_batch(batch);
  if (!ack.ok()) return ack.error().code == Errc::kConflict ? taken : ack.error();
  std::string line;
  if (program.json()) {
    JsonWriter(line).begin_object().field("id", user.id).field("username", username).end_object();
  } else {
    line = "Superuser " + username + " made (" + user.id + ").";
  }
  say(line);
  return {};
}

constexpr Option kOptions[] = {
    {"username", Takes::kValue, "NAME", "3 to 150 letters, digits and @.+-_"},
    {"name", Takes::kValue, "TEXT", "shown name (the username)"},
    {"email", Takes::kValue, "ADDRESS", "mail address"},
};

}  // namespace

const Command kCreateSuperuser{"createsuperuser", "make a staff account; the password is read from standard input or asked", "", kOptions, run};

}  // namespace freshet::cli
