// SPDX-License-Identifier: Apache-2.0
#include "loader.h"

#include "reply_book.h"
#include "users_file.h"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <optional>
#include <system_error>

#include <string.h>

namespace files {
namespace {

/// More than this nobody reads.
constexpr size_t mistakes_shown = 1000;

/// The file's text, wiped at the end of its life: it holds passwords.
class Text {
 public:
  explicit Text(const std::string& path) {
    text_.resize(std::filesystem::file_size(path));
    errno = 0;
    std::ifstream file(path, std::ios::binary);
    file.read(text_.data(), static_cast<std::streamsize>(text_.size()));
    if (!file) throw std::system_error(errno != 0 ? errno : EIO, std::generic_category());
  }
  Text(const Text&) = delete;
  Text& operator=(const Text&) = delete;
  ~Text() { explicit_bzero(text_.data(), text_.size()); }

  std::string_view get() const { return text_; }

 private:
  std::string text_;
};

class Loader : public UsersVisitor {
 public:
  explicit Loader(const radius::Instance& instance) : instance_(instance) { begin_reading(); }

  void begin() override { begin_reading(); }
  void user(const UserEntry& user) override;
  void reply_alone(const Reply& reply) override { replies_->note(reply); }
  void default_reply(const Reply& reply) override { replies_->note_default(reply); }
  void mistake(Mistake mistake) override { mistakes_.push_back(std::move(mistake)); }

  Users finish(const std::string& path);

 private:
  void begin_reading() {
    table_ = UserTable();
    lines_.clear();
    mistakes_.clear();
    replies_.emplace(instance_, *this);
  }

  const radius::Instance& instance_;
  UserTable table_;
  std::vector<uint32_t> lines_;  // of each user in the table
  std::optional<ReplyBook> replies_;
  std::vector<Mistake> mistakes_;
};

void Loader::user(const UserEntry& user) {
  const std::optional<uint32_t> reply = replies_->note(user.reply);
  const std::optional<uint32_t> other = table_.add(user.name, {user.kind, user.credential, reply.value_or(0)});
  if (other)
    mistake({user.name_at, "\"" + user.name + "\" is listed already, in line " + std::to_string(lines_[*other])});
  else lines_.push_back(user.name_at.line);
}

Users Loader::finish(const std::string& path) {
  std::stable_sort(mistakes_.begin(), mistakes_.end(), [](const Mistake& a, const Mistake& b) { return a.at < b.at; });
  for (size_t i = 0; i < std::min(mistakes_.size(), mistakes_shown); ++i)
    instance_.reject_at(path, mistakes_[i].at.line, mistakes_[i].at.column, mistakes_[i].text);
  if (mistakes_.size() > mistakes_shown) {
    const Mistake& next = mistakes_[mistakes_shown];
    instance_.reject_at(path, next.at.line, next.at.column,
                        "from here on " + std::to_string(mistakes_.size() - mistakes_shown) + " more mistakes");
  }
  if (!mistakes_.empty())
    throw radius::Error(RADIUS_ERR_CONFIG, path + " has mistakes: " + std::to_string(mistakes_.size()));
  return {std::move(table_), replies_->build()};
}

}  // namespace

Users load_users(const radius::Instance& instance, const std::string& path) {
  Loader loader(instance);
  {
    const Text text(path);
    read_users(text.get(), loader);
  }
  return loader.finish(path);
}

}  // namespace files
