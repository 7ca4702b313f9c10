// SPDX-License-Identifier: Apache-2.0
#include "server/file_watch.h"

#include <filesystem>

namespace radhost {
namespace {

/// A file that is as it was so long ago is whole.
constexpr uint64_t settled_after_ms = 200;

template <class Handle>
void close_and_delete(Handle* handle) {
  handle->data = nullptr;
  uv_close(reinterpret_cast<uv_handle_t*>(handle),
           [](uv_handle_t* closed) { delete reinterpret_cast<Handle*>(closed); });
}

}  // namespace

FileWatch::FileWatch(uv_loop_t& loop, const std::string& path, const FileState& known, std::function<void()> changed)
    : path_(path),
      changed_(std::move(changed)),
      told_(known),
      seen_(known),
      folder_(new uv_fs_event_t{}),
      timer_(new uv_timer_t{}) {
  uv_fs_event_init(&loop, folder_);
  uv_timer_init(&loop, timer_);
  folder_->data = timer_->data = this;
  // The folder, because a file that is replaced is another one.
  auto in_folder = [](uv_fs_event_t* event, const char*, int, int) { static_cast<FileWatch*>(event->data)->look(); };
  std::string folder = std::filesystem::absolute(path).parent_path().string();
  error_ = uv_fs_event_start(folder_, in_folder, folder.c_str(), 0);
  uv_unref(reinterpret_cast<uv_handle_t*>(folder_));
  uv_unref(reinterpret_cast<uv_handle_t*>(timer_));
  look();
}

FileWatch::~FileWatch() {
  close_and_delete(folder_);
  close_and_delete(timer_);
}

/// Something has happened in the folder.
void FileWatch::look() {
  FileState now = FileState::of(path_);
  if (now == seen_) return;
  seen_ = now;
  uv_timer_start(
      timer_, [](uv_timer_t* timer) { static_cast<FileWatch*>(timer->data)->settle(); }, settled_after_ms, 0);
}

void FileWatch::settle() {
  FileState now = FileState::of(path_);
  if (now != seen_) return look();
  if (now == told_ || now == FileState{}) return;  // as it was, or gone for the moment
  told_ = now;
  changed_();
}

}  // namespace radhost
