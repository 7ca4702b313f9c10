// SPDX-License-Identifier: Apache-2.0
#include "base/log.h"

#include <filesystem>
#include <stdexcept>

#include "catch.h"
#include "support/temporary_folder.h"

using namespace radhost;
using namespace radhost::test;

namespace {

/// What one line looks like after `write`, without its end.
std::string line_of(LogFormat format, std::string_view message, std::initializer_list<LogField> fields) {
  TemporaryFolder folder;
  Log(LogLevel::Debug, format, folder.path("log")).warn(message, fields);
  std::string text = folder.read("log");
  REQUIRE(text.ends_with("\n"));
  text.pop_back();
  CHECK(text.find('\n') == std::string::npos);
  return text;
}

/// With a 0 for every digit, so that times compare.
std::string digits_masked(std::string text) {
  for (char& c : text)
    if (c >= '0' && c <= '9') c = '0';
  return text;
}

}  // namespace

TEST_CASE("a text line is time, level, message and fields") {
  std::string line = line_of(LogFormat::Text, "listening", {{"listener", "auth"}, {"count", uint64_t{3}}});
  CHECK(digits_masked(line) == "0000-00-00T00:00:00.000000Z warn listening listener=auth count=0");
  CHECK(line.ends_with("count=3"));
}

TEST_CASE("text that is not one plain word stands in quotes") {
  std::string line = line_of(LogFormat::Text, "m", {{"a", "two words"}, {"b", "x=y"}, {"c", ""}, {"d", "line\nend"}});
  CHECK(line.ends_with(R"(m a="two words" b="x=y" c="" d="line\nend")"));
}

TEST_CASE("a JSON line is one object with the same values") {
  std::string line =
      line_of(LogFormat::Json, "listening", {{"listener", "a\"b\n"}, {"count", uint64_t{18446744073709551615u}}});
  CHECK(digits_masked(line).starts_with(
      R"({"time":"0000-00-00T00:00:00.000000Z","level":"warn","message":"listening","listener":"a\"b\n","count":)"));
  CHECK(line.ends_with(R"("count":18446744073709551615})"));
}

TEST_CASE("octets that are no UTF-8 are replaced and the line stays one line") {
  CHECK(line_of(LogFormat::Json, "m",
                {{"name",
                  "a\xff"
                  "b"}})
            .find("\"name\":\"a\xef\xbf\xbd"
                  "b\"") != std::string::npos);
  CHECK(line_of(LogFormat::Text, "m",
                {{"name",
                  "a\xff"
                  "b"}})
            .ends_with(R"(name="a\ufffdb")"));
}

TEST_CASE("lines below the level are left out") {
  TemporaryFolder folder;
  Log log(LogLevel::Warn, LogFormat::Text, folder.path("log"));
  log.debug("one");
  log.info("two");
  CHECK(folder.read("log").empty());
  log.warn("three");
  log.error("four");
  std::string text = folder.read("log");
  CHECK(text.find("warn three") != std::string::npos);
  CHECK(text.find("error four") != std::string::npos);
  CHECK_FALSE(log.enabled(LogLevel::Info));
  CHECK(log.enabled(LogLevel::Error));
}

TEST_CASE("the level changes while the log is in use") {
  TemporaryFolder folder;
  Log log(LogLevel::Info, LogFormat::Text, folder.path("log"));
  log.debug("one");
  log.set_level(LogLevel::Debug);
  log.debug("two");
  log.set_level(LogLevel::Error);
  log.warn("three");
  std::string text = folder.read("log");
  CHECK(text.find("one") == std::string::npos);
  CHECK(text.find("debug two") != std::string::npos);
  CHECK(text.find("three") == std::string::npos);
}

TEST_CASE("a level is found by its word, and nothing by another") {
  for (LogLevel level : {LogLevel::Debug, LogLevel::Info, LogLevel::Warn, LogLevel::Error})
    CHECK(level_by_word(level_word(level)) == level);
  for (const char* word : {"", "warning", "DEBUG", "info "}) CHECK_FALSE(level_by_word(word).has_value());
}

TEST_CASE("a log that is opened again goes on behind what is there") {
  TemporaryFolder folder;
  Log(LogLevel::Info, LogFormat::Text, folder.path("log")).info("first");
  Log(LogLevel::Info, LogFormat::Text, folder.path("log")).info("second");
  std::string text = folder.read("log");
  CHECK(text.find("first") < text.find("second"));
}

TEST_CASE("a log goes over to another file, format and level") {
  TemporaryFolder folder;
  Log log(LogLevel::Info, LogFormat::Text, folder.path("first"));
  log.info("one");
  log.go_over(LogLevel::Debug, LogFormat::Json, Log::open(folder.path("second")));
  log.debug("two");
  CHECK(folder.read("first").find("two") == std::string::npos);
  CHECK(folder.read("second").starts_with("{"));
  std::filesystem::rename(folder.path("second"), folder.path("rotated"));
  log.reopen();
  log.info("three");
  CHECK(folder.read("rotated").find("three") == std::string::npos);
  CHECK(folder.read("second").find("three") != std::string::npos);
}

TEST_CASE("a file that cannot be opened is an error that names it") {
  TemporaryFolder folder;
  folder.write("file", "");
  try {
    Log log(LogLevel::Info, LogFormat::Text, folder.path("file/below"));
    FAIL("it was opened");
  } catch (const std::runtime_error& error) {
    CHECK(std::string(error.what()).find("file/below") != std::string::npos);
  }
}
