// ArticleImport: plain articles, as another system has them, into events.
//
// Shape     one JSON object an article: {"slug","status","category":<slug>|{"slug","name"}|null,"author":{"username","name"},"translations":
//           {"en":{"title","content","excerpt"?},…},"published_at"?,"created_at"?,"updated_at"?}; other members are ignored.
//           Content is sanitised, as it is when written over HTTP. Categories and authors are found by slug and username, or made with
//           their first article: an author as an account that is not active and has no password.
// Errors    kInvalidArgument: the line is no such article; kConflict comes from the batch when a slug is taken
#pragma once

#include <map>
#include <string>
#include <vector>

#include "shared/clock.hpp"
#include "shared/domain/article.hpp"
#include "shared/nats/jetstream.hpp"

namespace freshet::cli {

class ArticleImport {
 public:
  ArticleImport(nats::JetStream& log, Random& random, const Clock& clock) : log_(log), random_(random), clock_(clock) {}

  // What makes this article: its slug's claim and its state, before them those of a category or author not met before.
  [[nodiscard]] Result<std::vector<nats::Append>> appends(const Json& line);

 private:
  [[nodiscard]] Result<std::optional<Category>> category(const Json& line, std::vector<nats::Append>& appends);
  [[nodiscard]] Result<Author> author(const Json& line, std::vector<nats::Append>& appends);
  [[nodiscard]] nats::Append claim(std::string subject, std::string_view id);

  nats::JetStream& log_;
  Random& random_;
  const Clock& clock_;
  std::map<std::string, Category> categories_;  // by slug
  std::map<std::string, Author> authors_;       // by username
};

}  // namespace freshet::cli
