# SPDX-License-Identifier: Apache-2.0
"""RADIUS/1.1 on the wire (RFC 9765 §4.1): the header of RADIUS/1.0 with other names, attributes without any secret.

    0                   1                   2                   3
   |     Code      |  Reserved-1   |            Length             |
   |                             Token                             |
   |                    Reserved-2 (12 octets)                     |
   |  Attributes: Type (1), Length (1), Value (Length - 2) …
"""

import os
from dataclasses import dataclass

from support import mschap, wire

ALPN_1_0, ALPN_1_1 = "radius/1.0", "radius/1.1"

ZERO_TOKEN = bytes(4)
ZERO_RESERVED_2 = bytes(12)

EXTENDED_1, ORIGINAL_PACKET_CODE = 241, 4  # 241.4, RFC 7930 §4


@dataclass
class Packet(wire.Packet):
    """Its `identifier` is Reserved-1; its `authenticator` is Token and Reserved-2."""

    @property
    def token(self):
        return self.authenticator[:4]

    @property
    def reserved(self):
        """All thirteen octets that are zero when sent."""
        return bytes([self.identifier]) + self.authenticator[4:]


def encode(code, token, attributes, *, reserved_1=0, reserved_2=ZERO_RESERVED_2):
    return wire.encode(code, reserved_1, token + reserved_2, attributes)


def decode(octets):
    """Parses one packet of a stream: it ends where its Length says."""
    packet = wire.decode(octets)
    if int.from_bytes(octets[2:4], "big") != len(octets):
        raise wire.Malformed(f"{len(octets)} octets, its Length field says otherwise")
    return Packet(**vars(packet))


# Requests.

def random_token():
    return os.urandom(4)


def next_token(token):
    """The one that a client uses after this one (RFC 9765 §4.2.1)."""
    return wire.integer((int.from_bytes(token, "big") + 1) % (1 << 32))


def user_password(password):
    """In the clear, without padding (RFC 9765 §5.1.1). Its length is not checked: tests send wrong ones."""
    return wire.Attribute(wire.USER_PASSWORD, password)


def pap_request(token, name, password, attributes=(), **options):
    return encode(wire.ACCESS_REQUEST, token, [
        (wire.USER_NAME, name), user_password(password), (wire.NAS_IP_ADDRESS, wire.ipv4("192.0.2.1")), *attributes],
        **options)


# Answers.

def answer(code, request, attributes=(), **options):
    """The octets of an answer to the octets of a request."""
    return encode(code, request[4:8], attributes, **options)


def check_answer(octets, request):
    """Parses an answer, or raises WrongAnswer when its Token, or anything that 1.1 forbids, is wrong."""
    packet = decode(octets)
    if packet.token != request[4:8]:
        raise wire.WrongAnswer(f"Token {packet.token.hex()} answers {request[4:8].hex()}")
    if any(packet.reserved):
        raise wire.WrongAnswer(f"reserved octets are not zero: {packet.reserved.hex()}")
    check_attributes(packet)
    return packet


def check_attributes(packet):
    """RFC 9765 §5.2, §5.5: these are never sent."""
    if packet.values(wire.MESSAGE_AUTHENTICATOR):
        raise wire.WrongAnswer("a Message-Authenticator in RADIUS/1.1")
    if any(value[:1] == bytes([ORIGINAL_PACKET_CODE]) for value in packet.values(EXTENDED_1)):
        raise wire.WrongAnswer("an Original-Packet-Code in RADIUS/1.1")


# Attributes that 1.0 hides.

def tunnel_password(tag, password):
    """Tag and password: neither Salt nor Data-Length (RFC 9765 §5.1.3)."""
    return wire.Attribute(wire.TUNNEL_PASSWORD, bytes([tag]) + password)


def mppe_key(vendor_type, key):
    """An MS-MPPE-Send-Key or -Recv-Key: the key alone (RFC 9765 §5.1.4)."""
    return wire.vendor(mschap.MICROSOFT, vendor_type, key)
