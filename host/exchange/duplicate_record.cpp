// SPDX-License-Identifier: Apache-2.0
#include "exchange/duplicate_record.h"

#include "base/reader.h"
#include "base/writer.h"
#include "packet/packet.h"

namespace radhost {
namespace {

// The key, the fingerprint, the flag, both times, and the answer's size before it.
constexpr size_t fixed_size = std::tuple_size_v<DuplicateRecord::Key> + 8 + 1 + 8 + 8 + 2;

}  // namespace

void write_record(const DuplicateRecord& record, std::vector<uint8_t>& to) {
  size_t begin = to.size();
  to.resize(begin + fixed_size + record.answer.size());
  Writer writer(MutableOctets(to).subspan(begin));
  writer.put(record.key);
  writer.put_uint(8, record.fingerprint);
  writer.put_uint8(record.in_progress ? 1 : 0);
  writer.put_uint(8, record.from_ns);
  writer.put_uint(8, record.until_ns);
  writer.put_uint16(static_cast<uint16_t>(record.answer.size()));
  writer.put(record.answer);
}

bool take_record(Octets& octets, DuplicateRecord& record) {
  Reader reader(octets);
  copy_octets(record.key, reader.take(record.key.size()));
  record.fingerprint = reader.take_uint(8);
  record.in_progress = reader.take_uint8() != 0;
  record.from_ns = reader.take_uint(8);
  record.until_ns = reader.take_uint(8);
  Octets answer = reader.take(reader.take_uint16());
  if (!reader.ok() || answer.size() > Packet::maximum_size) return false;
  record.answer.assign(answer.begin(), answer.end());
  octets = reader.rest();
  return true;
}

}  // namespace radhost
