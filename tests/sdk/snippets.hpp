// SPDX-License-Identifier: Apache-2.0
/// What the snippets of the documentation in C++ stand in: a handler, and a constructor.
#include <radius/plugin.hpp>

using namespace std::chrono_literals;

bool is_back_end_there();
bool is_in_cache(radius::Request&);
void ask_slowly(radius::Request&);
void use(radius::Octets);
template <class Done>
void ask_somebody(Done done) {
  done(true);
}

class Snippet {
 public:
  explicit Snippet(radius::Instance& instance);
  radius::Verdict access(radius::Request& request) {
/* handler */
  }

 private:
  void read_answers();

  int socket = -1;
  radius::Attr<uint32_t> nas_port;
  radius::Attr<uint32_t> session_timeout;
  radius::Attr<uint32_t> tunnel_type;
  radius::Attr<uint32_t> port_type;
  radius::Attr<radius::Ipv4> framed_ip;
  radius::Attr<radius::Octets> class_attribute;
  radius::Attr<radius::Tlv> port_limit_info;
  radius::Counter counter_;
  radius::Gauge gauge_;
  radius::Histogram histogram_;
  radius::Store store_;
  radius::Pool homes_;
  radius::Chain inner_;
  radius::Descriptors descriptors_;
  radius::Watch watch_;
};

void make(radius::Instance& instance);
void make(radius::Instance& instance) {
/* create */
}
