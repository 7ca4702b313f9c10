# SPDX-License-Identifier: Apache-2.0
"""MS-CHAP version 1 and 2 (RFC 2433, 2759) and the MPPE keys they yield (RFC 2548, 3079), from the ground up."""

import hashlib
import struct

MICROSOFT = 311
# Vendor types of RFC 2548.
MS_CHAP_RESPONSE, MS_CHAP_ERROR, MS_CHAP_CHALLENGE, MS_CHAP_MPPE_KEYS = 1, 2, 11, 12
MS_MPPE_SEND_KEY, MS_MPPE_RECV_KEY, MS_CHAP2_RESPONSE, MS_CHAP2_SUCCESS = 16, 17, 25, 26


# MD4, RFC 1320.

def _rotate(value, count):
    value &= 0xFFFFFFFF
    return (value << count | value >> (32 - count)) & 0xFFFFFFFF


_MD4_ROUNDS = (
    (0x00000000, lambda x, y, z: x & y | ~x & z, range(16), (3, 7, 11, 19)),
    (0x5A827999, lambda x, y, z: x & y | x & z | y & z, [i % 4 * 4 + i // 4 for i in range(16)], (3, 5, 9, 13)),
    (0x6ED9EBA1, lambda x, y, z: x ^ y ^ z, (0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15), (3, 9, 11, 15)),
)


def md4(message):
    padded = message + b"\x80" + bytes((55 - len(message)) % 64) + struct.pack("<Q", len(message) * 8)
    state = [0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476]
    for start in range(0, len(padded), 64):
        words = struct.unpack("<16I", padded[start:start + 64])
        a, b, c, d = state
        for constant, function, order, shifts in _MD4_ROUNDS:
            for step, index in enumerate(order):
                a = _rotate(a + function(b, c, d) + words[index] + constant, shifts[step % 4])
                a, b, c, d = d, a, b, c
        state = [(old + new) & 0xFFFFFFFF for old, new in zip(state, (a, b, c, d))]
    return struct.pack("<4I", *state)


# DES, FIPS 46-3: encryption of one block. Tables count bits from 1, the leftmost, as the standard does.

_IP = [first - 8 * i + 2 * j for first in (58, 57) for j in range(4) for i in range(8)]
_FP = [_IP.index(bit) + 1 for bit in range(1, 65)]
_EXPANSION = [(4 * i + j - 1) % 32 + 1 for i in range(8) for j in range(6)]
_P = [16, 7, 20, 21, 29, 12, 28, 17, 1, 15, 23, 26, 5, 18, 31, 10,
      2, 8, 24, 14, 32, 27, 3, 9, 19, 13, 30, 6, 22, 11, 4, 25]
_PC1 = [57, 49, 41, 33, 25, 17, 9, 1, 58, 50, 42, 34, 26, 18, 10, 2, 59, 51, 43, 35, 27, 19, 11, 3, 60, 52, 44, 36,
        63, 55, 47, 39, 31, 23, 15, 7, 62, 54, 46, 38, 30, 22, 14, 6, 61, 53, 45, 37, 29, 21, 13, 5, 28, 20, 12, 4]
_PC2 = [14, 17, 11, 24, 1, 5, 3, 28, 15, 6, 21, 10, 23, 19, 12, 4, 26, 8, 16, 7, 27, 20, 13, 2,
        41, 52, 31, 37, 47, 55, 30, 40, 51, 45, 33, 48, 44, 49, 39, 56, 34, 53, 46, 42, 50, 36, 29, 32]
_SHIFTS = [1, 1, 2, 2, 2, 2, 2, 2, 1, 2, 2, 2, 2, 2, 2, 1]
# Each S-box is its four rows, a hexadecimal digit a column.
_S = [row.split() for row in (
    "e4d12fb83a6c5907 0f74e2d1a6cb9538 41e8d62bfc973a50 fc8249175b3ea06d",
    "f18e6b34972dc05a 3d47f28ec01a69b5 0e7ba4d158c6932f d8a13f42b67c05e9",
    "a09e63f51dc7b428 d709346a285ecbf1 d6498f30b12c5ae7 1ad069874fe3b52c",
    "7de3069a1285bc4f d8b56f03472c1ae9 a690cb7df13e5284 3f06a1d8945bc72e",
    "2c417ab6853fd0e9 eb2c47d150fa3986 421bad78f9c5630e b8c71e2d6f09a453",
    "c1af92680d34e75b af427c9561de0b38 9ef528c3704a1db6 432c95fabe17608d",
    "4b2ef08d3c975a61 d0b7491ae35c2f86 14bdc37eaf680592 6bd814a7950fe23c",
    "d2846fb1a93e50c7 1fd8a374c56b0e92 7b419ce206adf358 21e74a8dfc90356b",
)]


def _permute(value, width, table):
    result = 0
    for bit in table:
        result = result << 1 | value >> (width - bit) & 1
    return result


def _round_keys(key):
    halves = _permute(int.from_bytes(key, "big"), 64, _PC1)
    c, d = halves >> 28, halves & 0xFFFFFFF
    for shift in _SHIFTS:
        c = (c << shift | c >> (28 - shift)) & 0xFFFFFFF
        d = (d << shift | d >> (28 - shift)) & 0xFFFFFFF
        yield _permute(c << 28 | d, 56, _PC2)


def _feistel(half, key):
    mixed = _permute(half, 32, _EXPANSION) ^ key
    result = 0
    for box in range(8):
        six = mixed >> (42 - 6 * box) & 0x3F
        row, column = six >> 4 & 2 | six & 1, six >> 1 & 0xF
        result = result << 4 | int(_S[box][row][column], 16)
    return _permute(result, 32, _P)


def des(key, block):
    """DES encryption of one 8-octet block with an 8-octet key."""
    value = _permute(int.from_bytes(block, "big"), 64, _IP)
    left, right = value >> 32, value & 0xFFFFFFFF
    for key48 in _round_keys(key):
        left, right = right, left ^ _feistel(right, key48)
    return _permute(right << 32 | left, 64, _FP).to_bytes(8, "big")


def des_key(seven):
    """Seven octets as a DES key of eight, each with odd parity (RFC 2759 §8.6)."""
    bits = int.from_bytes(seven, "big")
    groups = [bits >> (49 - 7 * i) & 0x7F for i in range(8)]
    return bytes(group << 1 | (bin(group).count("1") + 1) & 1 for group in groups)


# The functions of RFC 2433 and RFC 2759, under their names there.

def nt_password_hash(password):
    return md4(password.encode("utf-16-le"))


def lm_password_hash(password):
    padded = password.upper().encode("ascii").ljust(14, b"\0")[:14]
    return b"".join(des(des_key(padded[i:i + 7]), b"KGS!@#$%") for i in (0, 7))


def challenge_response(challenge, password_hash):
    padded = password_hash.ljust(21, b"\0")
    return b"".join(des(des_key(padded[i:i + 7]), challenge) for i in (0, 7, 14))


def challenge_hash(peer_challenge, authenticator_challenge, user_name):
    return hashlib.sha1(peer_challenge + authenticator_challenge + user_name).digest()[:8]


def generate_nt_response(authenticator_challenge, peer_challenge, user_name, password):
    challenge = challenge_hash(peer_challenge, authenticator_challenge, user_name)
    return challenge_response(challenge, nt_password_hash(password))


def authenticator_response(password, nt_response, peer_challenge, authenticator_challenge, user_name):
    """`S=` and 40 upper-case hexadecimal digits (RFC 2759 §8.7)."""
    hash_hash = md4(nt_password_hash(password))
    first = hashlib.sha1(hash_hash + nt_response + b"Magic server to client signing constant").digest()
    challenge = challenge_hash(peer_challenge, authenticator_challenge, user_name)
    digest = hashlib.sha1(first + challenge + b"Pad to make it do more than one iteration").digest()
    return b"S=" + digest.hex().upper().encode()


# MPPE keys, RFC 3079.

_PAD1, _PAD2 = bytes(40), b"\xf2" * 40
_MAGIC1 = b"This is the MPPE Master Key"
_CLIENT_SENDS = b"On the client side, this is the send key; on the server side, it is the receive key."
_SERVER_SENDS = b"On the client side, this is the receive key; on the server side, it is the send key."


def master_key(password_hash_hash, nt_response):
    return hashlib.sha1(password_hash_hash + nt_response + _MAGIC1).digest()[:16]


def asymmetric_start_key(master, length, server_sends):
    magic = _SERVER_SENDS if server_sends else _CLIENT_SENDS
    return hashlib.sha1(master + _PAD1 + magic + _PAD2).digest()[:length]


def new_key_from_sha(start_key, session_key, length):
    """GetNewKeyFromSHA (§3.1), which is GetKey (§2.3) too."""
    return hashlib.sha1(start_key[:length] + _PAD1 + session_key[:length] + _PAD2).digest()[:length]


def start_key_128(challenge, password_hash_hash):
    """The initial session key of MS-CHAPv1 with 128 bits (§2.4, GetStartKey)."""
    return hashlib.sha1(password_hash_hash + password_hash_hash + challenge).digest()[:16]


def mschapv2_keys(password, nt_response):
    """(MS-MPPE-Send-Key, MS-MPPE-Recv-Key) as an Access-Accept carries them: named from the server's side."""
    master = master_key(md4(nt_password_hash(password)), nt_response)
    return asymmetric_start_key(master, 16, True), asymmetric_start_key(master, 16, False)


def mschapv1_keys(password):
    """(LM-Key, NT-Key) of MS-CHAP-MPPE-Keys (RFC 2548 §2.4.1)."""
    return lm_password_hash(password)[:8], md4(nt_password_hash(password))


# Attributes, RFC 2548.

def mschapv1_response(challenge, password, ident=1):
    """The value of MS-CHAP-Response (311/1), with the NT response only: Flags 1."""
    return bytes([ident, 1]) + bytes(24) + challenge_response(challenge, nt_password_hash(password))


def mschapv2_response(peer_challenge, nt_response, ident=1):
    """The value of MS-CHAP2-Response (311/25): Ident, Flags, Peer-Challenge, Reserved (8), Response (24)."""
    return bytes([ident, 0]) + peer_challenge + bytes(8) + nt_response
