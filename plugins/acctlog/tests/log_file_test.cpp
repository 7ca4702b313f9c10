// SPDX-License-Identifier: Apache-2.0
#include "../log_file.h"

#include "catch.h"

#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

namespace fs = std::filesystem;
using acctlog::Fsync;
using acctlog::LogFile;

namespace {

constexpr uint64_t second_ns = 1'000'000'000;

/// A folder that ends with the test.
class Folder {
 public:
  Folder() {
    std::string name = (fs::temp_directory_path() / "acctlog-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() { fs::remove_all(path_); }

  std::string operator/(const char* name) const { return (path_ / name).string(); }

 private:
  fs::path path_;
};

/// Files cannot grow beyond `octets` while it lives: what a full disk does, for one process.
class FileLimit {
 public:
  explicit FileLimit(rlim_t octets) {
    ::signal(SIGXFSZ, SIG_IGN);
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{octets, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  FileLimit(const FileLimit&) = delete;
  FileLimit& operator=(const FileLimit&) = delete;
  ~FileLimit() { ::setrlimit(RLIMIT_FSIZE, &before_); }

 private:
  rlimit before_{};
};

std::string content(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream all;
  all << file.rdbuf();
  return all.str();
}

}  // namespace

TEST_CASE("lines are appended to what is there, whatever is synced when") {
  const Folder folder;
  const std::string path = folder / "log";
  std::ofstream(path) << "before\n";
  for (const Fsync fsync : {Fsync::Always, Fsync::Interval, Fsync::Never}) {
    LogFile file(path, fsync);
    REQUIRE_FALSE(file.open());
    CHECK_FALSE(file.append("one\n", 0));
    CHECK_FALSE(file.sync());
    CHECK_FALSE(file.sync());
  }
  CHECK(content(path) == "before\none\none\none\n");
}

TEST_CASE("a file is made without access for everybody") {
  const Folder folder;
  const std::string path = folder / "log";
  LogFile file(path, Fsync::Never);
  REQUIRE_FALSE(file.open());
  CHECK((fs::status(path).permissions() & fs::perms::others_all) == fs::perms::none);
}

TEST_CASE("a folder that is not there is an error, for opening and for appending") {
  const Folder folder;
  LogFile file(folder / "none/log", Fsync::Never);
  CHECK(file.open() == std::errc::no_such_file_or_directory);
  CHECK(file.append("one\n", 0) == std::errc::no_such_file_or_directory);
}

TEST_CASE("a line that does not fit leaves the file as it was, and the next one that fits follows") {
  const Folder folder;
  const std::string path = folder / "log";
  LogFile file(path, Fsync::Never);
  REQUIRE_FALSE(file.open());
  CHECK_FALSE(file.append("0123456\n", 0));
  {
    const FileLimit limit(12);
    CHECK(file.append("too long\n", 0));
    CHECK(content(path) == "0123456\n");
    CHECK_FALSE(file.append("abc\n", 0));
    CHECK(file.append("x\n", 0));
  }
  CHECK_FALSE(file.append("end\n", 0));
  CHECK(content(path) == "0123456\nabc\nend\n");
}

TEST_CASE("what somebody else appends stays, before a line that does not fit and after it") {
  const Folder folder;
  const std::string path = folder / "log";
  LogFile file(path, Fsync::Never);
  REQUIRE_FALSE(file.open());
  CHECK_FALSE(file.append("one\n", 0));
  std::ofstream(path, std::ios::app) << "other\n";
  {
    const FileLimit limit(12);
    CHECK(file.append("two\n", 0));
  }
  std::ofstream(path, std::ios::app) << "another\n";
  CHECK_FALSE(file.append("three\n", 0));
  CHECK(content(path) == "one\nother\nanother\nthree\n");
}

TEST_CASE("a part of a line that cannot be cut off is closed, so that the next line is whole") {
  const int memory = ::memfd_create("log", MFD_CLOEXEC | MFD_ALLOW_SEALING);
  REQUIRE(memory >= 0);
  REQUIRE(::fcntl(memory, F_ADD_SEALS, F_SEAL_SHRINK) == 0);
  const std::string path = "/proc/self/fd/" + std::to_string(memory);
  LogFile file(path, Fsync::Never);
  REQUIRE_FALSE(file.open());
  CHECK_FALSE(file.append("one\n", 0));
  {
    const FileLimit limit(6);
    CHECK(file.append("two\n", 0));
  }
  CHECK_FALSE(file.append("three\n", 0));
  CHECK_FALSE(file.append("four\n", 0));
  CHECK(content(path) == "one\ntw\nthree\nfour\n");
  ::close(memory);
}

TEST_CASE("a full disk is an error that says so") {
  LogFile file("/dev/full", Fsync::Never);
  REQUIRE_FALSE(file.open());
  CHECK(file.append("one\n", 0) == std::errc::no_space_on_device);
}

TEST_CASE("a renamed file is left within a second, or at once when told to") {
  const Folder folder;
  const std::string path = folder / "log";
  const std::string old_path = folder / "log.1";
  LogFile file(path, Fsync::Interval);
  REQUIRE_FALSE(file.open());
  CHECK_FALSE(file.append("one\n", second_ns));
  fs::rename(path, old_path);

  SECTION("by itself") {
    CHECK_FALSE(file.append("two\n", second_ns + 1));
    CHECK_FALSE(file.append("three\n", 2 * second_ns));
    CHECK(content(old_path) == "one\ntwo\n");
  }
  SECTION("when told to") {
    REQUIRE_FALSE(file.open());
    CHECK_FALSE(file.append("three\n", second_ns + 1));
    CHECK(content(old_path) == "one\n");
  }
  CHECK(content(path) == "three\n");
  CHECK_FALSE(file.sync());
}

TEST_CASE("a file that was removed is made again") {
  const Folder folder;
  const std::string path = folder / "log";
  LogFile file(path, Fsync::Never);
  REQUIRE_FALSE(file.open());
  CHECK_FALSE(file.append("one\n", second_ns));
  fs::remove(path);
  CHECK_FALSE(file.append("two\n", 2 * second_ns));
  CHECK(content(path) == "two\n");
}

TEST_CASE("without a place for a new file, a renamed one is written on, and a removed one is an error") {
  const Folder folder;
  fs::create_directory(folder / "sub");
  LogFile file(folder / "sub/log", Fsync::Never);
  REQUIRE_FALSE(file.open());

  fs::rename(folder / "sub", folder / "moved");
  CHECK_FALSE(file.append("one\n", 2 * second_ns));
  CHECK(content(folder / "moved/log") == "one\n");

  fs::remove_all(folder / "moved");
  CHECK(file.append("two\n", 4 * second_ns) == std::errc::no_such_file_or_directory);
  fs::create_directory(folder / "sub");
  CHECK_FALSE(file.append("three\n", 4 * second_ns + 1));
  CHECK(content(folder / "sub/log") == "three\n");
}

TEST_CASE("lines of several threads do not mix") {
  const Folder folder;
  const std::string path = folder / "log";
  LogFile file(path, Fsync::Interval);
  REQUIRE_FALSE(file.open());
  constexpr int thread_count = 4;
  constexpr int line_count = 500;
  std::vector<std::thread> threads;
  for (int t = 0; t < thread_count; ++t)
    threads.emplace_back([&file, t] {
      const std::string line = std::string(200, static_cast<char>('a' + t)) + "\n";
      for (uint64_t i = 0; i < line_count; ++i) {
        (void)file.append(line, i);
        if (i % 100 == 0) (void)file.sync();
        if (i % 250 == 0) (void)file.open();
      }
    });
  for (std::thread& thread : threads) thread.join();

  std::istringstream all(content(path));
  int lines = 0;
  for (std::string line; std::getline(all, line); ++lines) REQUIRE(line == std::string(200, line[0]));
  CHECK(lines == thread_count * line_count);
}
