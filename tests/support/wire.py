# SPDX-License-Identifier: Apache-2.0
"""RADIUS/1.0 on the wire, written from the RFCs and sharing nothing with the program under test.

    0                   1                   2                   3
   |     Code      |  Identifier   |            Length             |
   |                  Authenticator (16 octets)                    |
   |  Attributes: Type (1), Length (1), Value (Length - 2) …
"""

import hashlib
import hmac
import os
import struct
from dataclasses import dataclass
from typing import NamedTuple

ACCESS_REQUEST, ACCESS_ACCEPT, ACCESS_REJECT, ACCESS_CHALLENGE = 1, 2, 3, 11
ACCOUNTING_REQUEST, ACCOUNTING_RESPONSE = 4, 5
STATUS_SERVER = 12
DISCONNECT_REQUEST, DISCONNECT_ACK, DISCONNECT_NAK = 40, 41, 42
COA_REQUEST, COA_ACK, COA_NAK = 43, 44, 45
PROTOCOL_ERROR = 52

USER_NAME, USER_PASSWORD, CHAP_PASSWORD, NAS_IP_ADDRESS, NAS_PORT = 1, 2, 3, 4, 5
SERVICE_TYPE, FRAMED_IP_ADDRESS, REPLY_MESSAGE, STATE, CLASS = 6, 8, 18, 24, 25
VENDOR_SPECIFIC, SESSION_TIMEOUT, PROXY_STATE = 26, 27, 33
ACCT_STATUS_TYPE, ACCT_SESSION_ID, EVENT_TIMESTAMP, CHAP_CHALLENGE = 40, 44, 55, 60
TUNNEL_TYPE, TUNNEL_PASSWORD, ARAP_PASSWORD, EAP_MESSAGE = 64, 69, 70, 79
MESSAGE_AUTHENTICATOR, TUNNEL_PRIVATE_GROUP_ID, ERROR_CAUSE = 80, 81, 101

ACCESS_REPLIES = (ACCESS_ACCEPT, ACCESS_REJECT, ACCESS_CHALLENGE)
# Requests whose authenticator is a digest of the packet (RFC 2866 §3, RFC 5176 §2.3).
SIGNED_REQUESTS = (ACCOUNTING_REQUEST, COA_REQUEST, DISCONNECT_REQUEST)

HEADER_LENGTH = 20
ZERO_AUTHENTICATOR = bytes(16)


class Malformed(Exception):
    """The octets are not one RADIUS packet."""


class WrongAnswer(AssertionError):
    """An answer that a RADIUS client would have to discard, or that breaks a rule of this server."""


class Attribute(NamedTuple):
    type: int
    value: bytes


@dataclass
class Packet:
    code: int
    identifier: int
    authenticator: bytes
    attributes: list

    def values(self, attribute_type):
        """The values of every attribute of this type, in the order they came."""
        return [value for type_, value in self.attributes if type_ == attribute_type]

    def types(self):
        return [attribute.type for attribute in self.attributes]

    def vendor_values(self, vendor, vendor_type):
        """The values of this vendor's sub-attributes of this type (RFC 2865 §5.26)."""
        return [value for type_, value in self.vendor_attributes(vendor) if type_ == vendor_type]

    def vendor_attributes(self, vendor):
        found = []
        for value in self.values(VENDOR_SPECIFIC):
            if int.from_bytes(value[:4], "big") == vendor:
                found += decode_attributes(value[4:])
        return found


def integer(number):
    return struct.pack("!I", number)


def ipv4(text):
    return bytes(int(part) for part in text.split("."))


def vendor(vendor_id, vendor_type, value):
    """One Vendor-Specific attribute with one sub-attribute."""
    return Attribute(VENDOR_SPECIFIC, integer(vendor_id) + bytes([vendor_type, len(value) + 2]) + value)


def encode_attributes(attributes):
    return b"".join(bytes([type_, len(value) + 2]) + value for type_, value in attributes)


def decode_attributes(octets):
    """Splits a run of attributes; a Length of 0 or 1, an overrun or a stray octet is Malformed (RFC 2865 §5)."""
    attributes = []
    position = 0
    while position < len(octets):
        if position + 2 > len(octets):
            raise Malformed("a stray octet after the last attribute")
        type_, length = octets[position], octets[position + 1]
        if length < 2:
            raise Malformed(f"attribute {type_} has Length {length}")
        if position + length > len(octets):
            raise Malformed(f"attribute {type_} overruns the packet")
        attributes.append(Attribute(type_, octets[position + 2:position + length]))
        position += length
    return attributes


def encode(code, identifier, authenticator, attributes):
    body = encode_attributes(attributes)
    return struct.pack("!BBH", code, identifier, HEADER_LENGTH + len(body)) + authenticator + body


def decode(octets):
    """Parses one packet; octets after Length are padding (RFC 2865 §3)."""
    if len(octets) < HEADER_LENGTH:
        raise Malformed(f"{len(octets)} octets are shorter than a header")
    code, identifier, length = struct.unpack("!BBH", octets[:4])
    if not HEADER_LENGTH <= length <= 4096:
        raise Malformed(f"Length is {length}")
    if length > len(octets):
        raise Malformed(f"Length is {length}, but {len(octets)} octets came")
    return Packet(code, identifier, octets[4:20], decode_attributes(octets[HEADER_LENGTH:length]))


# Message-Authenticator: HMAC-MD5 over the packet with the attribute's 16 octets zero (RFC 3579 §3.2).

def message_authenticator_offset(octets):
    """Where the value of the first Message-Authenticator begins, or None."""
    position = HEADER_LENGTH
    for type_, value in decode(octets).attributes:
        if type_ == MESSAGE_AUTHENTICATOR:
            return position + 2
        position += 2 + len(value)
    return None


def message_authenticator(octets, secret, authenticator):
    """The right Message-Authenticator of a packet, with `authenticator` standing in its authenticator field."""
    offset = message_authenticator_offset(octets)
    cleared = octets[:4] + authenticator + octets[20:offset] + bytes(16) + octets[offset + 16:]
    return hmac.new(secret, cleared, "md5").digest()


def with_message_authenticator(octets, secret, authenticator):
    """The packet with its Message-Authenticator, which must be there already, filled in."""
    offset = message_authenticator_offset(octets)
    return octets[:offset] + message_authenticator(octets, secret, authenticator) + octets[offset + 16:]


def place_message_authenticator(attributes, where):
    """Adds a zero Message-Authenticator "first" or "last", or none at all when `where` is None."""
    blank = [Attribute(MESSAGE_AUTHENTICATOR, bytes(16))]
    attributes = [Attribute(*attribute) for attribute in attributes]
    if where is None:
        return attributes
    return blank + attributes if where == "first" else attributes + blank


# Requests.

def access_request(attributes, secret, *, identifier, authenticator=None, message_authenticator="first",
                   code=ACCESS_REQUEST):
    """An Access-Request, or with `code` a Status-Server; its authenticator is random unless given."""
    authenticator = os.urandom(16) if authenticator is None else authenticator
    attributes = place_message_authenticator(attributes, message_authenticator)
    octets = encode(code, identifier, authenticator, attributes)
    return with_message_authenticator(octets, secret, authenticator) if message_authenticator else octets


def signed_request(code, attributes, secret, *, identifier, message_authenticator=None):
    """An Accounting-, CoA- or Disconnect-Request: authenticator = MD5(packet with it zero + secret)."""
    attributes = place_message_authenticator(attributes, message_authenticator)
    octets = encode(code, identifier, ZERO_AUTHENTICATOR, attributes)
    if message_authenticator:  # RFC 5176 §3.4: the authenticator field is zero for the HMAC too.
        octets = with_message_authenticator(octets, secret, ZERO_AUTHENTICATOR)
    return sign_request(octets, secret)


def sign_request(octets, secret):
    digest = hashlib.md5(octets[:4] + ZERO_AUTHENTICATOR + octets[20:] + secret).digest()
    return octets[:4] + digest + octets[20:]


def request_authenticator_is_right(octets, secret):
    return sign_request(octets, secret) == octets


# Answers.

def response_authenticator(octets, request_authenticator, secret):
    """MD5(Code + Identifier + Length + Request Authenticator + Attributes + Secret), RFC 2865 §3."""
    return hashlib.md5(octets[:4] + request_authenticator + octets[20:] + secret).digest()


def answer(code, request, attributes, secret, *, message_authenticator="first"):
    """The octets of an answer to the octets of a request."""
    authenticator = request[4:20]
    attributes = place_message_authenticator(attributes, message_authenticator)
    octets = encode(code, request[1], authenticator, attributes)
    if message_authenticator:
        octets = with_message_authenticator(octets, secret, authenticator)
    return octets[:4] + response_authenticator(octets, authenticator, secret) + octets[20:]


def check_answer(octets, request, secret):
    """Parses an answer, or raises WrongAnswer when its Identifier or one of its signatures is wrong."""
    packet = decode(octets)
    authenticator = request[4:20]
    if len(octets) != int.from_bytes(octets[2:4], "big"):
        raise WrongAnswer(f"the answer has {len(octets)} octets, its Length field says otherwise")
    if packet.identifier != request[1]:
        raise WrongAnswer(f"Identifier {packet.identifier} answers {request[1]}")
    if packet.authenticator != response_authenticator(octets, authenticator, secret):
        raise WrongAnswer("the Response Authenticator is wrong")
    present = packet.values(MESSAGE_AUTHENTICATOR)
    if len(present) > 1:
        raise WrongAnswer("two Message-Authenticators")
    if present and present[0] != message_authenticator(octets, secret, authenticator):
        raise WrongAnswer("the Message-Authenticator is wrong")
    return packet


# Hidden attributes.

def _chain(octets, secret, first, revealing):
    """XOR of 16-octet blocks with MD5(secret + previous cipher block); the first "previous block" is `first`."""
    result, previous = b"", first
    for position in range(0, len(octets), 16):
        block = octets[position:position + 16]
        pad = hashlib.md5(secret + previous).digest()
        out = bytes(a ^ b for a, b in zip(block, pad))
        result += out
        previous = block if revealing else out
    return result


def hide_password(password, secret, authenticator):
    """User-Password, RFC 2865 §5.2; an empty password is one block of NULs."""
    padded = password + bytes(-len(password) % 16) if password else bytes(16)
    return _chain(padded, secret, authenticator, revealing=False)


def reveal_password(value, secret, authenticator):
    return reveal_blocks(value, secret, authenticator).rstrip(b"\0")


def reveal_blocks(value, secret, authenticator):
    """The same without removing NULs: MS-CHAP-MPPE-Keys are hidden like this (RFC 2548 §2.4.1)."""
    return _chain(value, secret, authenticator, revealing=True)


def hide_salted(plain, salt, secret, authenticator):
    """Salt + hidden (Data-Length + plain + padding): RFC 2868 §3.5 and RFC 2548 §2.4.2."""
    padded = bytes([len(plain)]) + plain
    padded += bytes(-len(padded) % 16)
    return hide_blocks(padded, salt, secret, authenticator)


def hide_blocks(blocks, salt, secret, authenticator):
    """The same for octets that hold a Data-Length already, right or wrong."""
    return salt + _chain(blocks, secret, authenticator + salt, revealing=False)


def reveal_salted(value, secret, authenticator):
    """(salt, plain) of a value that begins with its salt; give a Tunnel-Password without its tag octet."""
    salt, hidden = value[:2], value[2:]
    plain = _chain(hidden, secret, authenticator + salt, revealing=True)
    length = plain[0]
    if length > len(plain) - 1 or any(plain[1 + length:]):
        raise WrongAnswer(f"a hidden value of Data-Length {length} does not fit {len(plain)} octets")
    return salt, plain[1:1 + length]


def chap_response(chap_identifier, password, challenge):
    """CHAP-Password: the CHAP identifier, then MD5(identifier + password + challenge), RFC 2865 §5.3."""
    return bytes([chap_identifier]) + hashlib.md5(bytes([chap_identifier]) + password + challenge).digest()
