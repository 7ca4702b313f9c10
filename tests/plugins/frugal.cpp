// SPDX-License-Identifier: Apache-2.0
/// Reads and writes by handles, as a handler on the path of every request does: nothing of it takes memory.
#include <radius/plugin.hpp>

namespace {

class Frugal {
 public:
  explicit Frugal(radius::Instance& instance)
      : user_name_(instance.attribute<std::string_view>("User-Name")),
        class_(instance.attribute<radius::Octets>("Class")),
        session_timeout_(instance.attribute<uint32_t>("Session-Timeout")),
        framed_ip_(instance.attribute<radius::Ipv4>("Framed-IP-Address")),
        limit_info_(instance.attribute<radius::Tlv>("IP-Port-Limit-Info")),
        port_type_(instance.attribute<uint32_t>("IP-Port-Type")) {}

  radius::Verdict access(radius::Request& request) {
    size_t octets = 0;
    for (const radius::Octets value : request.all(class_)) octets += value.size();
    for (const radius::Attribute attribute : request.request())
      for (const radius::Attribute child : attribute.children()) octets += child.size();
    if (request.get(user_name_) != "bob" || octets != 10) return radius::Verdict::Reject;
    radius::List reply = request.reply();
    reply.add(session_timeout_, 3600);
    reply.replace(session_timeout_, 60);
    reply.add(framed_ip_, radius::Ipv4{{192, 0, 2, 1}});
    reply.add(user_name_, "bob");
    radius::Group group = reply.group(limit_info_);
    group.add(port_type_, 7);
    return radius::Verdict::Accept;
  }

 private:
  radius::Attr<std::string_view> user_name_;
  radius::Attr<radius::Octets> class_;
  radius::Attr<uint32_t> session_timeout_;
  radius::Attr<radius::Ipv4> framed_ip_;
  radius::Attr<radius::Tlv> limit_info_;
  radius::Attr<uint32_t> port_type_;
};

}  // namespace

RADIUS_PLUGIN(Frugal, "org.radhost.test.frugal", "1.0.0", "takes no memory")
