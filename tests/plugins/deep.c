/* SPDX-License-Identifier: Apache-2.0
 * A library that modules link: who waits here has much of its stack below the module's frames. */
#include <unistd.h>

int wait_deeply(void);

int wait_deeply(void) {
  volatile char room[300000];
  room[0] = room[sizeof room - 1] = 0;
  return pause() + room[0];
}
