// SPDX-License-Identifier: Apache-2.0
#include "plugin/host_table.h"

#include <fstream>
#include <new>

#include "catch.h"
#include "harness.h"
#include "plugin/explanation.h"
#include "plugin/extensions.h"

using namespace radhost;

namespace {

/// An instance whose `create` is over.
struct TableHarness : Harness {
  std::shared_ptr<Instance> instance = create("delayed", "delay_ms = 1\n");
};

radius_status_t finds_no_memory(radius_instance_t*) { throw std::bad_alloc(); }
radius_status_t succeeds(radius_instance_t*) { return RADIUS_OK; }

}  // namespace

TEST_CASE_METHOD(TableHarness, "that the host has no memory ends at the border as a status of its own") {
  REQUIRE(instance != nullptr);
  CHECK(guarded<&finds_no_memory>(instance.get()) == RADIUS_ERR_MEMORY);
  CHECK(guarded<&succeeds>(instance.get()) == RADIUS_OK);
}

TEST_CASE_METHOD(TableHarness, "what the host throws ends at the border as a status, or as nothing") {
  REQUIRE(instance != nullptr);
  const radius_metrics_v1_t& metrics = metrics_table();
  radius_text_t help = to_text("Things."), none{}, endless{"x", UINT64_MAX};
  radius_metric_t metric = 0;
  // Longer than any text can be; one that can be is refused for another reason.
  CHECK(metrics.counter(instance.get(), endless, help, none, &metric) == RADIUS_ERR_INTERNAL);
  CHECK(metrics.counter(instance.get(), to_text("x"), help, none, &metric) == RADIUS_ERR_STATE);
  CHECK(metric == 0);

  const radius_log_v1_t& log_functions = *host_table().log;
  clear_explanation();
  log_functions.explain(instance.get(), endless);
  CHECK(take_explanation().empty());
  log_functions.explain(instance.get(), to_text("why"));
  CHECK(take_explanation() == "why");
}

TEST_CASE_METHOD(TableHarness, "what a module logs is a line at its level, or nothing below the log's") {
  std::string path = folder + "/log";
  Log file(LogLevel::Warn, LogFormat::Text, path);
  PluginConfig config;
  config.name = "writer";
  config.config = *read_toml("delay_ms = 1", "test.toml", errors);
  auto writer = Instance::create(config, *load("delayed"), {share_dictionary(), file, tokens, extensions}, errors);
  REQUIRE(writer != nullptr);
  const radius_log_v1_t& functions = *host_table().log;
  const std::pair<radius_level_t, bool> levels[] = {{RADIUS_DEBUG, false},     {RADIUS_INFO, false},
                                                    {RADIUS_WARN, true},       {RADIUS_ERROR, true},
                                                    {RADIUS_ERROR + 1, false}, {-1, false}};
  for (auto [level, is_written] : levels) {
    INFO(level);
    CHECK(functions.enabled(writer.get(), level) == (is_written ? 1 : 0));
    functions.write(writer.get(), level, to_text("said " + std::to_string(level) + "\nforged"));
  }
  functions.write(nullptr, RADIUS_ERROR, to_text("by nobody"));
  std::ifstream lines(path);
  for (auto [level, word] : {std::pair(RADIUS_WARN, " warn "), std::pair(RADIUS_ERROR, " error ")}) {
    std::string line;
    REQUIRE(std::getline(lines, line));
    CHECK(line.find(word + ("said " + std::to_string(level)) + " forged plugin=writer") != std::string::npos);
  }
  CHECK(lines.peek() == EOF);
}

TEST_CASE_METHOD(TableHarness, "a list takes so many attributes and no more, until some are removed") {
  REQUIRE(instance != nullptr);
  const radius_lists_v1_t& lists = *host_table().lists;
  radius_attr_t attr = 0;
  REQUIRE(host_table().dictionary->resolve(instance.get(), to_text("Session-Timeout"), &attr) == RADIUS_OK);
  radius_list_t* list = nullptr;
  REQUIRE(lists.create_list(instance.get(), &list) == RADIUS_OK);
  size_t added = 0;
  radius_status_t status = RADIUS_OK;
  while (added < 100000 && (status = lists.add_integer(list, attr, RADIUS_NO_TAG, added)) == RADIUS_OK) ++added;
  CHECK(added == AttributeList::attributes_max);
  CHECK(status == RADIUS_ERR_LIMIT);
  uint64_t removed = 0;
  CHECK(lists.remove(list, attr, &removed) == RADIUS_OK);
  CHECK(removed == added);
  CHECK(lists.add_integer(list, attr, RADIUS_NO_TAG, 1) == RADIUS_OK);
  lists.destroy_list(list);
}
