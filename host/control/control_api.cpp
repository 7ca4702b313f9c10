// SPDX-License-Identifier: Apache-2.0
#include "control/control_api.h"

#include <unistd.h>

#include <algorithm>
#include <optional>
#include <nlohmann/json.hpp>

#include "control/exposition.h"
#include "packet/code.h"

namespace radhost {
namespace {

using Json = nlohmann::ordered_json;

HttpAnswer error(unsigned status, const std::string& what, std::vector<std::string> details = {}) {
  Json body{{"error", what}, {"details", std::move(details)}};
  return {status, body.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n"};
}

HttpAnswer get_status(const HttpRequest&, Controls& controls) { return {200, controls.status() + "\n"}; }

HttpAnswer get_clients(const HttpRequest&, Controls& controls) { return {200, controls.clients() + "\n"}; }

HttpAnswer get_stats(const HttpRequest&, Controls& controls) { return {200, controls.stats() + "\n"}; }

/// Answers before it begins, so that the answer leaves while there is a server.
HttpAnswer post_drain(const HttpRequest&, Controls& controls) {
  HttpAnswer answer{200, Json{{"draining", true}, {"pid", getpid()}}.dump() + "\n"};
  answer.when_sent = [&controls] { controls.drain(); };
  return answer;
}

HttpAnswer post_log(const HttpRequest& request, Controls& controls) {
  Json body = Json::parse(request.body, nullptr, false);
  bool has_level = body.is_object() && body.contains("level") && body["level"].is_string();
  if (!has_level) return error(400, "the body must be {\"level\": LEVEL}");
  std::string word = body["level"];
  auto level = level_by_word(word);
  if (!level) {
    std::string known;
    for (std::string_view known_word : log_level_words) known.append(known.empty() ? "" : ", ").append(known_word);
    return error(400, "\"" + word + "\" is no log level", {"it is one of " + known});
  }
  controls.set_log_level(*level);
  return {200, Json{{"level", word}}.dump() + "\n"};
}

/// What a change comes to, which takes its time.
HttpAnswer answer_later(std::function<Controls::Outcome()> change) {
  HttpAnswer answer;
  answer.later = [change = std::move(change)]() -> HttpAnswer {
    Controls::Outcome outcome = change();
    if (outcome.error.empty()) return {200, outcome.json + "\n"};
    return error(409, outcome.error, std::move(outcome.details));
  };
  return answer;
}

/// A member that is text; empty when there is none.
std::string text_of(const Json& body, const char* name) {
  return body.is_object() && body.contains(name) && body[name].is_string() ? body[name].get<std::string>()
                                                                           : std::string();
}

HttpAnswer post_swap(const HttpRequest& request, Controls& controls) {
  Json body = Json::parse(request.body, nullptr, false);
  std::string target = text_of(body, "target"), file = text_of(body, "file");
  if (target.empty() || file.empty() || file.front() != '/')
    return error(400, "the body must be {\"target\": \"LISTENER.PLUGIN\", \"file\": \"/PATH\"}");
  return answer_later([&controls, target, file] { return controls.swap(target, file); });
}

HttpAnswer post_rollback(const HttpRequest& request, Controls& controls) {
  Json body = request.body.empty() ? Json::object() : Json::parse(request.body, nullptr, false);
  bool is_right = body.is_object() && (!body.contains("target") || body["target"].is_string());
  if (!is_right) return error(400, "the body must be {\"target\": \"LISTENER.PLUGIN\"}, or nothing");
  return answer_later([&controls, target = text_of(body, "target")] { return controls.rollback(target); });
}

/// A member that is true or false; nothing when it is neither.
std::optional<bool> flag_of(const Json& body, const char* name) {
  if (!body.contains(name)) return false;
  return body[name].is_boolean() ? std::optional(body[name].get<bool>()) : std::nullopt;
}

HttpAnswer post_reload(const HttpRequest& request, Controls& controls) {
  Json body = request.body.empty() ? Json::object() : Json::parse(request.body, nullptr, false);
  auto dry_run = body.is_object() ? flag_of(body, "dry_run") : std::nullopt;
  auto keep_swaps = body.is_object() ? flag_of(body, "keep_swaps") : std::nullopt;
  auto tls_recheck = body.is_object() ? flag_of(body, "tls_recheck") : std::nullopt;
  auto upgrade = body.is_object() ? flag_of(body, "upgrade") : std::nullopt;
  if (!dry_run || !keep_swaps || !tls_recheck || !upgrade)
    return error(400, "the body must be {\"dry_run\": false, \"keep_swaps\": false, \"tls_recheck\": false, "
                      "\"upgrade\": false}, or nothing");
  Controls::ReloadOptions options{*dry_run, *keep_swaps, *tls_recheck, *upgrade};
  return answer_later([&controls, options] { return controls.reload(options); });
}

HttpAnswer get_trace(const HttpRequest& request, Controls& controls) {
  TraceFilter filter;
  const std::pair<std::string_view, std::string*> places[] = {
      {"user", &filter.user}, {"client", &filter.client}, {"listener", &filter.listener}, {"kind", &filter.kind}};
  for (const HttpRequest::Query::value_type& entry : request.query) {
    auto place = std::find_if(std::begin(places), std::end(places),
                              [&](const auto& known) { return known.first == entry.first; });
    if (place == std::end(places)) return error(400, "a trace has no \"" + entry.first + "\"");
    *place->second = entry.second;
  }
  if (!filter.kind.empty() && !kind_by_word(filter.kind))
    return error(400, "\"" + filter.kind + "\" is no kind of request",
                 {"it is one of access, accounting, coa, disconnect"});
  std::string reason;
  HttpAnswer answer;
  answer.content_type = "application/x-ndjson";
  answer.stream = controls.trace(filter, reason);
  return answer.stream == nullptr ? error(409, reason) : answer;
}

/// From then on the two servers speak a language of their own (server/handover_channel).
HttpAnswer post_takeover(const HttpRequest&, Controls& controls) {
  if (std::string why = controls.why_not_taken_over(); !why.empty()) return error(409, why);
  HttpAnswer answer;
  answer.status = 101;
  answer.upgrade = [&controls](Descriptor socket) { controls.be_taken_over(std::move(socket)); };
  return answer;
}

HttpAnswer get_metrics(const HttpRequest&, Controls& controls) {
  Exposition metrics;
  controls.collect(metrics);
  return {200, metrics.text(), "text/plain; version=0.0.4; charset=utf-8"};
}

struct Route {
  std::string_view path;
  std::string_view method;
  HttpAnswer (*answer)(const HttpRequest&, Controls&);
};

constexpr Route control_routes[] = {
    {"/v1/status", "GET", get_status}, {"/v1/clients", "GET", get_clients}, {"/v1/stats", "GET", get_stats},
    {"/v1/drain", "POST", post_drain}, {"/v1/log", "POST", post_log},       {"/v1/reload", "POST", post_reload},
    {"/v1/swap", "POST", post_swap},   {"/v1/trace", "GET", get_trace},     {"/v1/rollback", "POST", post_rollback},
    {"/v1/takeover", "POST", post_takeover}};
constexpr Route metrics_routes[] = {{"/metrics", "GET", get_metrics}};

template <size_t count>
HttpAnswer answer(const Route (&routes)[count], const HttpRequest& request, Controls& controls) {
  auto route =
      std::find_if(std::begin(routes), std::end(routes), [&](const Route& r) { return r.path == request.path; });
  if (route == std::end(routes)) return error(404, "there is no " + std::string(request.path));
  if (route->method == request.method) return route->answer(request, controls);
  HttpAnswer wrong = error(405, std::string(route->path) + " wants " + std::string(route->method));
  wrong.allow = route->method;
  return wrong;
}

}  // namespace

HttpAnswer answer_control(const HttpRequest& request, Controls& controls) {
  return answer(control_routes, request, controls);
}

HttpAnswer answer_metrics(const HttpRequest& request, Controls& controls) {
  return answer(metrics_routes, request, controls);
}

}  // namespace radhost
