/* SPDX-License-Identifier: Apache-2.0 */
/* Logs one user in through libradcli: radcli_client DICTIONARY HOST:PORT:SECRET USER PASSWORD.
   Prints the Reply-Messages; exit status 0 for an Accept, 1 for a Reject, 2 for anything else. */
#include <radcli/radcli.h>
#include <stdio.h>
#include <string.h>

static int configure(rc_handle *handle, const char *dictionary, const char *server) {
  const char *const options[][2] = {
      {"auth_order", "radius"},   {"login_tries", "1"},     {"dictionary", dictionary},
      {"authserver", server},     {"radius_timeout", "5"},  {"radius_retries", "1"},
      {"bindaddr", "*"},          {"nas-identifier", "radcli-test"},
  };
  for (size_t i = 0; i < sizeof options / sizeof options[0]; i++) {
    if (rc_add_config(handle, options[i][0], options[i][1], "command line", 0) != 0) return -1;
  }
  return rc_read_dictionary(handle, dictionary) == 0 && rc_test_config(handle, "command line") == 0 ? 0 : -1;
}

int main(int argc, char **argv) {
  if (argc != 5) return 2;
  rc_openlog("radcli_client");
  rc_handle *handle = rc_new();
  if (handle == NULL || rc_config_init(handle) == NULL || configure(handle, argv[1], argv[2]) != 0) {
    fprintf(stderr, "radcli took no such configuration\n");
    return 2;
  }

  VALUE_PAIR *request = NULL;
  VALUE_PAIR *answer = NULL;
  if (rc_avpair_add(handle, &request, PW_USER_NAME, argv[3], -1, 0) == NULL ||
      rc_avpair_add(handle, &request, PW_USER_PASSWORD, argv[4], -1, 0) == NULL) {
    return 2;
  }
  char message[PW_MAX_MSG_SIZE] = "";
  const int result = rc_auth(handle, 0, request, &answer, message);
  printf("%s", message);
  rc_avpair_free(request);
  rc_avpair_free(answer);
  rc_destroy(handle);
  return result == OK_RC ? 0 : result == REJECT_RC ? 1 : 2;
}
