// SPDX-License-Identifier: Apache-2.0
#include <iostream>

#include "cli/exit_status.h"
#include "cli/program.h"

int main(int argc, char** argv) {
  try {
    radhost::Program program;
    return program.run(argc, argv);
  } catch (const std::exception& error) {
    std::cerr << "radhost: " << error.what() << "\n";
    return radhost::exit_status::negative;
  }
}
