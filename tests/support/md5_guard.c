/* SPDX-License-Identifier: Apache-2.0 */
/* Preloaded into a program: from the moment that the file RADHOST_NO_MD5 exists, whoever computes an MD5 ends it. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <unistd.h>

typedef int (*update_function)(void* context, const void* octets, size_t size);

int MD5_Update(void* context, const void* octets, size_t size) {
  static update_function real;
  const char* flag = getenv("RADHOST_NO_MD5");
  if (flag != NULL && access(flag, F_OK) == 0) abort();
  if (real == NULL) real = (update_function)dlsym(RTLD_NEXT, "MD5_Update");
  return real(context, octets, size);
}
