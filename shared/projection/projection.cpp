#include "shared/projection/projection.hpp"

#include <algorithm>
#include <optional>

#include "shared/projection/article_pieces.hpp"

namespace freshet {

const std::array<const char*, Projection::kSqlCount> Projection::kSql{
    "SELECT key, status, category_id, view_count FROM article WHERE id = ?",
    "SELECT max(key) FROM article WHERE key < ?",
    "INSERT INTO article(status, sequence, category_id, author_id, slug, head, times, text_en, text_th, language_en, language_th, category_en, "
    "category_th, author, content_at_en, content_size_en, content_at_th, content_size_th, key, id, view_count) "
    "VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    "UPDATE article SET status=?, sequence=?, category_id=?, author_id=?, slug=?, head=?, times=?, text_en=?, text_th=?, language_en=?, "
    "language_th=?, category_en=?, category_th=?, author=?, content_at_en=?, content_size_en=?, content_at_th=?, content_size_th=? WHERE key=?",
    "DELETE FROM article WHERE key = ?",
    "INSERT OR REPLACE INTO article_body VALUES(?, ?)",
    "DELETE FROM article_body WHERE key = ?",
    "SELECT deleted, sequence, staff_en, staff_th FROM category WHERE id = ?",
    "INSERT OR REPLACE INTO category VALUES(?, ?, ?, ?, ?, ?, ?, ?)",
    "SELECT sequence, shown FROM user WHERE id = ?",
    "INSERT OR REPLACE INTO user VALUES(?, ?, ?, ?, ?, ?, ?)",
    "DELETE FROM user WHERE id = ?",
    "SELECT 1 FROM user_group WHERE id = ?",
    "INSERT OR REPLACE INTO user_group VALUES(?, ?)",
    "DELETE FROM user_group WHERE id = ?",
    "DELETE FROM group_member WHERE group_id = ?",
    "INSERT OR IGNORE INTO group_member VALUES(?, ?)",
    "INSERT OR REPLACE INTO poison VALUES(?, ?, ?)",
    "SELECT status FROM course WHERE id = ?",
    "INSERT OR REPLACE INTO course VALUES(?, ?, ?, ?, ?)",
    "DELETE FROM course WHERE id = ?",
    "UPDATE checkpoint SET epoch = ?, sequence = ?, skipped = ?, poisoned = ?",
};

Result<Projection> Projection::open(ReadModel& model) {
  Projection projection(model);
  for (std::size_t i = 0; i < kSqlCount; ++i) {
    FRESHET_TRY(statement, model.database().prepare(kSql[i]));
    projection.statements_[i] = std::move(statement);
  }
  return projection;
}

Result<void> Projection::apply(const LogMessage& message) {
  if (message.sequence <= pending_.sequence) return {};
  Database& database = model_->database();
  if (!database.in_transaction()) FRESHET_TRY_VOID(database.execute("BEGIN"));
  FRESHET_TRY_VOID(dispatch(message, parse_log_subject(message.subject)));
  pending_.sequence = message.sequence;
  ++unshown_;
  ++uncommitted_;
  if (message.place == BatchPlace::kInside) {
    open_batch_ = message.batch_id;
  } else {
    open_batch_.clear();
  }
  return {};
}

Result<void> Projection::dispatch(const LogMessage& message, const LogSubject& subject) {
  switch (subject.kind) {
    case EntityKind::kArticle: return apply_article(subject.id, message);
    case EntityKind::kCategory: return apply_category(subject.id, message);
    case EntityKind::kCourse: return apply_course(subject.id, message);
    case EntityKind::kUser: return apply_user(subject.id, message);
    case EntityKind::kGroup: return apply_group(subject.id, message);
    case EntityKind::kEpoch: return apply_epoch(message);
    case EntityKind::kToken:
      touched_.insert(Touched{subject.kind, std::string(subject.id)});
      return {};
    case EntityKind::kSlug:
    case EntityKind::kUsername:
    case EntityKind::kRequest:
      return {};  // claims: their entity's own event says all that is shown
    case EntityKind::kOther:
      ++pending_.skipped;
      return {};
  }
  return {};
}

void Projection::show() {
  FRESHET_CHECK(whole());
  model_->set_checkpoint(pending_);
  unshown_ = 0;
}

Result<void> Projection::commit() {
  show();
  Database& database = model_->database();
  if (pending_ == committed_) return {};
  if (!database.in_transaction()) FRESHET_TRY_VOID(database.execute("BEGIN"));
  FRESHET_TRY_VOID(model_->refresh_search());
  FRESHET_TRY_VOID(model_->tallies().save(database));
  FRESHET_TRY_VOID(sql(kPutCheckpoint).execute(pending_.epoch, pending_.sequence.value, pending_.skipped, pending_.poisoned));
  FRESHET_TRY_VOID(database.execute("COMMIT"));
  committed_ = pending_;
  uncommitted_ = 0;
  return {};
}

void Projection::rollback() {
  Database& database = model_->database();
  if (database.in_transaction()) static_cast<void>(database.execute("ROLLBACK").ok());
  // If that fails the file is damaged or gone, which the owner sees from Database::damaged().
  static_cast<void>(model_->tallies().load(database).ok());
  pending_ = committed_;
  model_->set_checkpoint(committed_);
  model_->forget_unsearchable();
  unshown_ = uncommitted_ = 0;
  open_batch_.clear();
  touched_.clear();
}

void Projection::advance_to(StreamSequence sequence) { pending_.sequence = std::max(pending_.sequence, sequence); }

Result<void> Projection::put_aside(const LogMessage& message, const std::string& reason) {
  ++pending_.poisoned;
  complaints_.push_back("subject=" + std::string(message.subject) + " stream_seq=" + std::to_string(message.sequence.value) + ": " + reason);
  return sql(kPutPoison).execute(message.sequence.value, message.subject, reason);
}

Result<void> Projection::apply_epoch(const LogMessage& message) {
  const auto state = parse_json_object(message.payload);
  const std::string* epoch = state.ok() ? json_text(*state, "epoch") : nullptr;
  if (epoch == nullptr || !is_epoch(*epoch)) return put_aside(message, "an epoch is 8 characters of [a-z0-9]");
  pending_.epoch = *epoch;
  return {};
}

Result<void> Projection::apply_category(std::string_view id, const LogMessage& message) {
  Category category{std::string(id), "", {}, true};
  if (!message.payload.empty()) {
    FRESHET_TRY(state, state_in<Category>(message, id, decode_category));
    if (!state) return {};
    category = std::move(*state);
  }
  std::array<std::string, kLanguages.size()> staff;
  for (const Language language : kLanguages) {
    JsonWriter writer(staff[index_of(language)]);
    if (!category.deleted) append_category(writer, category, language, CategoryShape::kStaff);
  }
  std::int64_t alive_before = 0;
  {
    Rows rows = sql(kFindCategory).run(id);
    FRESHET_TRY(found, rows.next());
    alive_before = found && rows.integer(0) == 0 ? 1 : 0;
  }
  const auto sequence = message.sequence.value;
  FRESHET_TRY_VOID(sql(kPutCategory).execute(id, category.slug, category.deleted ? 1 : 0, sequence, encode_shown_category(&category, Language::kEnglish),
                                             encode_shown_category(&category, Language::kThai), staff[0], staff[1]));
  model_->tallies().change(kCategoryScope, (category.deleted ? 0 : 1) - alive_before, sequence);
  model_->tallies().change(kNamesScope, 0, sequence);
  touched_.insert(Touched{EntityKind::kCategory, std::string(id)});
  return {};
}

Result<void> Projection::apply_user(std::string_view id, const LogMessage& message) {
  std::optional<User> user;
  if (!message.payload.empty()) {
    FRESHET_TRY(state, state_in<User>(message, id, decode_user));
    if (!state) return {};
    user = std::move(state);
  }
  const auto sequence = message.sequence.value;
  const std::string shown = user ? encode_shown_author(Author{user->id, user->username, user->name}) : std::string();
  std::int64_t known = 0;
  std::uint64_t shown_since = sequence;
  {
    Rows rows = sql(kFindUser).run(id);
    FRESHET_TRY(found, rows.next());
    known = found ? 1 : 0;
    // A change that nobody sees in an article (a password, an avatar) gives no article a new ETag.
    if (found && rows.text(1) == shown) shown_since = static_cast<std::uint64_t>(rows.integer(0));
  }
  if (user) {
    FRESHET_TRY_VOID(sql(kPutUser).execute(id, user->username, user->name, user->avatar, user->is_staff ? 1 : 0, shown_since, shown));
  } else {
    FRESHET_TRY_VOID(sql(kDeleteUser).execute(id));
  }
  model_->tallies().change(kUserScope, (user ? 1 : 0) - known, sequence);
  if (shown_since == sequence) model_->tallies().change(kNamesScope, 0, sequence);
  touched_.insert(Touched{EntityKind::kUser, std::string(id)});
  return {};
}

Result<void> Projection::apply_group(std::string_view id, const LogMessage& message) {
  Group group{std::string(id), "", {}, true};
  if (!message.payload.empty()) {
    FRESHET_TRY(state, state_in<Group>(message, id, decode_group));
    if (!state) return {};
    group = std::move(*state);
  }
  bool known = false;
  {
    Rows rows = sql(kFindGroup).run(id);
    FRESHET_TRY(found, rows.next());
    known = found;
  }
  FRESHET_TRY_VOID(sql(kDeleteMembers).execute(id));
  if (group.deleted) {
    FRESHET_TRY_VOID(sql(kDeleteGroup).execute(id));
  } else {
    FRESHET_TRY_VOID(sql(kPutGroup).execute(id, group.name));
    for (const auto& member : group.members) FRESHET_TRY_VOID(sql(kPutMember).execute(id, member));
  }
  model_->tallies().change(kGroupScope, (group.deleted ? 0 : 1) - (known ? 1 : 0), message.sequence.value);
  model_->tallies().change(kUserScope, 0, message.sequence.value);  // profiles show their groups
  touched_.insert(Touched{EntityKind::kGroup, std::string(id)});
  return {};
}

}  // namespace freshet
