# SPDX-License-Identifier: Apache-2.0
"""`radhost decode` and `encode` agree with each other and with the vectors."""

import pytest

from support import wire
from support.vectors import octets, where

SECRET = "xyzzy5461"
AUTHENTICATOR = bytes(range(16)).hex()
# What the computed vectors are hidden with.
HIDING = ("--secret", SECRET, "--authenticator", AUTHENTICATOR)

REQUESTS = [v for v in where(kind="packet", result="good") if not v.answers and not v.authenticator]
ANSWERS = [v for v in where(kind="packet", result="good") if v.answers]
# What survives octet for octet: everything but values that are hidden with a fresh salt or put right on encoding.
SURVIVING = [v for v in where(kind="attributes", result="good") if v.id.startswith(("A-", "C-14"))]
INVALID = where(kind="attributes", result="invalid")
CLEAR = where(kind="packet11", result="good")


def identify(vector):
    return vector.id


def decode(program, octets_, *options):
    done = program.run("decode", octets_.hex(), "--dictionary", program.dictionary, *options)
    assert done.returncode == 0, done.stderr
    return done.stdout


def encode(program, text, *options):
    done = program.run("encode", text, "--dictionary", program.dictionary, *options)
    assert done.returncode == 0, done.stderr
    assert done.stdout == done.stdout.strip().lower() + "\n"
    return bytes.fromhex(done.stdout)


def decode_attributes(program, octets_, *options):
    return decode(program, octets_, "--attributes", *options).strip()


# Round trips

@pytest.mark.row("AUTH-1", "AUTH-4", "AUTH-9")
@pytest.mark.parametrize("one_line", [(), ("--one-line",)], ids=["lines", "one line"])
@pytest.mark.parametrize("vector", REQUESTS, ids=identify)
def test_a_request_survives(program, vector, one_line):
    secret = ("--secret", vector.secret.decode())
    text = decode(program, vector.octets, *secret, *one_line)
    assert len(text.splitlines()) == 1 or not one_line
    assert encode(program, text, *secret) == vector.octets


@pytest.mark.row("AUTH-1", "AUTH-5")
@pytest.mark.parametrize("vector", ANSWERS, ids=identify)
def test_an_answer_survives(program, vector):
    options = ("--secret", vector.secret.decode(), "--request-authenticator", octets(vector.answers)[4:20].hex())
    assert encode(program, decode(program, vector.octets, *options), *options) == vector.octets


@pytest.mark.row("COD-7", "COD-13", "COD-14", "COD-19", "COD-22", "COD-23", "COD-24")
@pytest.mark.parametrize("one_line", [(), ("--one-line",)], ids=["lines", "one line"])
@pytest.mark.parametrize("vector", SURVIVING + INVALID, ids=identify)
def test_attributes_survive(program, vector, one_line):
    text = decode_attributes(program, vector.octets, *one_line)
    assert encode(program, text, "--attributes") == vector.octets


@pytest.mark.row("COD-20")
def test_reserved_flag_bits_are_sent_as_zero(program):
    text = decode_attributes(program, octets("C-14j"))
    assert encode(program, text, "--attributes") == octets("A-6.9")


@pytest.mark.row("AUTH-9")
@pytest.mark.parametrize("vector_id, password", [
    ("C-1a", "a" * 15), ("C-1b", "a" * 16), ("C-1c", "a" * 17), ("C-1d", "a" * 128), ("C-1e", "")])
def test_passwords_are_revealed_and_hidden(program, vector_id, password):
    text = decode_attributes(program, octets(vector_id), *HIDING)
    assert text == f'User-Password = "{password}"'
    assert encode(program, text, "--attributes", *HIDING) == octets(vector_id)


@pytest.mark.row("AUTH-14")
@pytest.mark.parametrize("vector_id, text", [
    ("C-7a", 'Tunnel-Password:1 = "tunnelpw"'), ("C-7b", 'Tunnel-Password:2 = "0123456789abcdef"'),
    ("C-8a", "MS-MPPE-Recv-Key = 0x" + bytes(range(0x40, 0x60)).hex()),
    ("C-8b", "MS-MPPE-Send-Key = 0x" + bytes(range(0x60, 0x80)).hex())])
def test_salted_values_are_revealed_and_hidden_with_a_salt_of_their_own(program, vector_id, text):
    assert decode_attributes(program, octets(vector_id), *HIDING).lower() == text.lower()
    again = encode(program, text, "--attributes", *HIDING)
    assert len(again) == len(octets(vector_id))
    assert decode_attributes(program, again, *HIDING).lower() == text.lower()


@pytest.mark.row("AUTH-9", "AUTH-10")
@pytest.mark.parametrize("size, valid", [
    (0, False), (15, False), (16, True), (17, False), (32, True), (128, True), (129, False), (144, False)])
def test_a_user_password_of_an_impossible_length_is_invalid(program, size, valid):
    text = decode_attributes(program, wire.encode_attributes([(wire.USER_PASSWORD, bytes(size))]), *HIDING)
    assert text.startswith("User-Password = ") if valid else text == f"Attr-2 = 0x{'00' * size}"


def salted(data_length, size):
    """A Tunnel-Password with tag 1 whose hidden part has `size` octets, and `data_length` in front."""
    plain = bytes([data_length]) + b"p" * (size - 1) if size else b""
    hidden = wire.hide_blocks(plain, b"\x80\x01", SECRET.encode(), bytes.fromhex(AUTHENTICATOR))
    return wire.encode_attributes([(wire.TUNNEL_PASSWORD, b"\x01" + hidden)])


@pytest.mark.row("AUTH-15")
@pytest.mark.parametrize("data_length, size", [(0, 16), (15, 16), (16, 32), (31, 32), (239, 240)])
def test_a_salted_value_that_its_blocks_hold_is_revealed(program, data_length, size):
    text = decode_attributes(program, salted(data_length, size), *HIDING)
    assert text == f'Tunnel-Password:1 = "{"p" * data_length}"'


@pytest.mark.row("AUTH-15", "COD-7")
@pytest.mark.parametrize("data_length, size", [(16, 16), (255, 16), (32, 32), (240, 240), (1, 15), (1, 17), (0, 0)])
def test_a_salted_value_that_cannot_be_is_invalid(program, data_length, size):
    octets_ = salted(data_length, size)
    assert decode_attributes(program, octets_, *HIDING) == f"Attr-69 = 0x{octets_[2:].hex()}"


# What is printed

@pytest.mark.parametrize("vector_id, lines", [
    ("A-1.1", ["Packet-Type = Access-Request", "Packet-Id = 0",
               "Packet-Authenticator = 0x0f403f9473978057bd83d5cb98f4227a", 'User-Name = "nemo"',
               'User-Password = "arctangent"', "NAS-IP-Address = 192.168.1.16", "NAS-Port = 3"]),
    ("A-1.3", ["CHAP-Password = 0x16e97557c316185895f293ff6344077275", "Service-Type = Framed-User",
               "Framed-Protocol = PPP"]),
    ("C-4a", ["Packet-Type = Accounting-Request", "Acct-Status-Type = Start", 'Acct-Session-Id = "S1"',
              "Proxy-State = 0x0102"]),
    ("C-6a", ["Packet-Type = Disconnect-Request"])])
def test_a_packet_is_printed_as_pairs(program, vector_id, lines):
    text = decode(program, octets(vector_id), "--secret", SECRET)
    printed = [line.strip() for line in text.splitlines()]
    for line in lines:
        assert line in printed


def test_the_header_comes_first(program):
    lines = decode(program, octets("C-2a"), "--secret", SECRET).splitlines()
    names = [line.partition(" =")[0].strip() for line in lines[:3]]
    assert names == ["Packet-Type", "Packet-Id", "Packet-Authenticator"]


@pytest.mark.row("COD-7", "COD-24")
@pytest.mark.parametrize("octets_, text", [
    (octets("C-14m"), "Tunnel-Type:1 = VLAN"),
    (bytes.fromhex("530600ffffff"), "Tunnel-Preference = 16777215"),
    (bytes.fromhex("53061fffffff"), "Tunnel-Preference:31 = 16777215"),
    (octets("C-14n"), 'Tunnel-Private-Group-Id = "100"'),
    (octets("C-14o"), 'Tunnel-Private-Group-Id:1 = "100"'),
    (octets("C-14c"), "Framed-IPv6-Prefix = 2001:db8:0:1::/64"),
    (octets("C-14b"), "Framed-IPv6-Prefix = ::/0"),
    (octets("C-14f"), "Attr-4 = 0xc00002"),
    (octets("C-14d"), "Attr-97 = 0x008120"),
    (bytes.fromhex("c8040102"), "Attr-200 = 0x0102"),
    (bytes.fromhex("1a0a0001869f0104abcd"), "Vendor-99999-Attr-1 = 0xabcd"),
    (bytes.fromhex("f106fa626f62"), "Attr-241.250 = 0x626f62"),
    (bytes.fromhex("060600000063"), "Service-Type = 99"),
    (bytes.fromhex("0105610062"), r'User-Name = "a\000b"'),
    (bytes.fromhex("0107") + b'a"\\\nz', r'User-Name = "a\"\\\nz"'),
])
def test_attributes_are_printed_as_the_manual_says(program, octets_, text):
    assert decode_attributes(program, octets_) == text
    assert encode(program, text, "--attributes") == octets_


@pytest.mark.row("COD-12")
def test_time_is_unsigned(program):
    text = decode_attributes(program, bytes.fromhex("370680000001"))
    assert "2038" in text
    assert encode(program, text, "--attributes") == bytes.fromhex("370680000001")


@pytest.mark.row("COD-13")
@pytest.mark.parametrize("prefix, encoded", [
    ("::/0", octets("C-14b").hex()), ("2001:db8:0:1::/64", octets("C-14c").hex()),
    ("2001:db8::/32", "6108002020010db8"), ("2001:db8:8000::/33", "6109002120010db880"), ("2001:db8:ffff::/33", "6109002120010db880"),
    ("2001:db8::1/128", "6114008020010db8" + "00" * 11 + "01")])
def test_an_ipv6_prefix_takes_no_more_octets_than_it_needs_and_has_zeros_behind_it(program, prefix, encoded):
    assert encode(program, f"Framed-IPv6-Prefix = {prefix}", "--attributes").hex() == encoded


@pytest.mark.row("COD-14")
@pytest.mark.parametrize("prefix, encoded", [
    ("0.0.0.0/32", octets("C-14p").hex()), ("0.0.0.0/0", octets("C-14p").hex()), ("192.0.2.0/24", "9b080018c0000200"),
    ("192.0.2.1/24", "9b080018c0000200"), ("192.0.2.1/32", "9b080020c0000201")])
def test_an_ipv4_prefix_has_six_octets_and_0_0_0_0_the_length_32(program, prefix, encoded):
    assert encode(program, f"PMIP6-Home-IPv4-HoA = {prefix}", "--attributes").hex() == encoded


# encode computes

def test_encode_makes_the_vector_from_content_alone(program):
    text = ('Packet-Type = Access-Request, Packet-Id = 17, Packet-Authenticator = 0x' + AUTHENTICATOR +
            ', Message-Authenticator = 0x00, User-Name = "bob", User-Password = "hello", NAS-IP-Address = 192.0.2.1, '
            'Proxy-State = 0xdead, Proxy-State = 0xbeef')
    assert encode(program, text, "--secret", SECRET) == octets("C-2a")


@pytest.mark.row("AUTH-2")
def test_encode_computes_the_authenticator_of_accounting(program):
    text = ('Packet-Type = Accounting-Request\nPacket-Id = 32\nAcct-Status-Type = Start\nAcct-Session-Id = "S1"\n'
            'NAS-IP-Address = 192.0.2.1\nUser-Name = "bob"\nProxy-State = 0x0102\n')
    assert encode(program, text, "--secret", SECRET) == octets("C-4a")


def test_encode_computes_an_answer(program):
    text = 'Packet-Type = Accounting-Response, Packet-Id = 32, Proxy-State = 0x0102'
    options = ("--secret", SECRET, "--request-authenticator", octets("C-4a")[4:20].hex())
    assert encode(program, text, *options) == octets("C-4b")


def test_a_fresh_request_gets_a_random_authenticator(program):
    text = 'Packet-Type = Access-Request, Packet-Id = 1, User-Name = "bob", User-Password = "hello"'
    first, second = (encode(program, text, "--secret", SECRET) for _ in range(2))
    assert first[4:20] != second[4:20]
    packet = wire.decode(first)
    assert wire.reveal_password(packet.values(2)[0], SECRET.encode(), packet.authenticator) == b"hello"


# RADIUS/1.1

V1_1 = ("--radius", "1.1")


@pytest.mark.row("V11-4", "V11-9", "V11-10", "V11-11")
@pytest.mark.parametrize("one_line", [(), ("--one-line",)], ids=["lines", "one line"])
@pytest.mark.parametrize("vector", CLEAR, ids=identify)
def test_a_packet_of_radius_1_1_survives(program, vector, one_line):
    text = decode(program, vector.octets, *V1_1, *one_line)
    assert "Packet-Token = 0x" + vector.octets[4:8].hex() in text
    assert "Packet-Id" not in text and "Packet-Authenticator" not in text
    assert encode(program, text, *V1_1) == vector.octets


@pytest.mark.row("V11-9", "V11-10")
@pytest.mark.parametrize("vector, shown", [
    ("C-13a", 'User-Password = "hello"'), ("C-13b", 'Tunnel-Password:1 = "tunnelpw"'),
    ("C-13c", "MS-MPPE-Recv-Key = 0x" + bytes(range(0x40, 0x60)).hex())])
def test_nothing_is_hidden_in_radius_1_1(program, vector, shown):
    """Whether or not somebody names a secret."""
    for options in (V1_1, (*V1_1, "--secret", SECRET)):
        text = decode(program, octets(vector), *options)
        assert shown in text.splitlines()
        assert encode(program, text, *options) == octets(vector)


@pytest.mark.row("V11-4")
def test_the_reserved_octets_of_radius_1_1_are_passed_over(program):
    packet = octets("C-13a")
    other = packet[:1] + b"\x07" + packet[2:8] + b"\xff" * 12 + packet[20:]
    assert decode(program, other, *V1_1) == decode(program, packet, *V1_1)


@pytest.mark.row("V11-12")
def test_a_message_authenticator_in_radius_1_1_is_no_valid_attribute(program):
    packet = octets("C-13f")
    other = packet[:3] + b"\x26" + packet[4:] + b"\x50\x12" + bytes(range(16))
    text = decode(program, other, *V1_1)
    assert "Attr-80 = 0x" + bytes(range(16)).hex() in text.splitlines()
    assert encode(program, text, *V1_1) == other


@pytest.mark.row("V11-9")
def test_a_password_of_128_octets_goes_into_radius_1_1(program):
    packet = encode(program, f"Packet-Type = Access-Request, User-Password = {'p' * 128}", *V1_1)
    assert packet[4:20] == bytes(16) and packet[20:] == b"\x02\x82" + b"p" * 128


@pytest.mark.row("V11-9", "V11-12")
@pytest.mark.parametrize("text, options", [
    ("Packet-Type = Access-Request, Message-Authenticator = 0x00", V1_1),
    ("Packet-Type = Access-Request, Packet-Id = 1", V1_1),
    ("Packet-Type = Access-Request, Packet-Authenticator = 0x" + AUTHENTICATOR, V1_1),
    ("Packet-Type = Access-Request, Packet-Token = 0x0102", V1_1),
    (f"Packet-Type = Access-Request, User-Password = {'p' * 129}", V1_1),
    ("Packet-Type = Access-Request, Packet-Token = 0x01020304", ("--secret", SECRET))])
def test_encode_refuses_what_the_version_does_not_have(program, text, options):
    done = program.run("encode", text, "--dictionary", program.dictionary, *options)
    assert done.returncode == 1 and done.stdout == "" and done.stderr != ""


# Refused

@pytest.mark.row("COD-1", "COD-3", "COD-6")
@pytest.mark.parametrize("vector", [v for v in where(kind="datagram") if v.discard and v.id not in ("C-15d", "C-15j")],
                         ids=identify)
def test_decode_refuses_what_is_no_packet(program, vector):
    done = program.run("decode", vector.octets.hex(), "--dictionary", program.dictionary)
    assert done.returncode == 1 and done.stdout == "" and done.stderr != ""


@pytest.mark.parametrize("hexadecimal", ["0g", "012", "zz"])
def test_decode_refuses_what_is_no_hexadecimal(program, hexadecimal):
    done = program.run("decode", hexadecimal, "--dictionary", program.dictionary)
    assert done.returncode in (1, 64) and done.stderr != ""


@pytest.mark.parametrize("text", [
    "User-Nam = \"bob\"", "User-Name", "User-Name = \"bob", "NAS-IP-Address = 192.0.2.256", "Service-Type = Framed-Usr",
    "NAS-Port = 4294967296", f'User-Name = "{"a" * 254}"', "Tunnel-Type:32 = VLAN", "Attr-256 = 0x00",
    "Framed-IPv6-Prefix = 2001:db8::/129"])
def test_encode_refuses_what_cannot_be_encoded(program, text):
    done = program.run("encode", text, "--attributes", "--dictionary", program.dictionary)
    assert done.returncode == 1 and done.stdout == "" and done.stderr != ""


@pytest.mark.row("COD-21", "COD-22")
@pytest.mark.parametrize("value, fills", [
    ("0x010600000001", True), ("0x010600000001020600000007", True), ("0x630301", True),  # 99, of one octet
    ("0x0102", False), ("0x0101", False), ("0x0100", False), ("0x01", False), ("0x0107000000", False),
    ("0x01060000000102", False), ("0x", False)])
def test_a_tlv_goes_out_only_where_tlvs_fill_it(program, value, fills):
    done = program.run("encode", f"IP-Port-Limit-Info = {value}", "--attributes", "--dictionary", program.dictionary)
    if fills:
        content = bytes.fromhex(value[2:])
        assert done.stdout.strip() == wire.encode_attributes([(241, b"\x05" + content)]).hex()
    else:
        assert done.returncode == 1 and done.stdout == "" and done.stderr != ""


@pytest.mark.row("COD-22")
@pytest.mark.parametrize("text, encoded", [
    ("IP-Port-Type = 1", "f10905" "010600000001"),
    ("Softwire46-MAP-E-Basic-EA-Length = 10", "f10d09" "010a" "0408" "0c060000000a")])
def test_a_part_of_a_tlv_goes_out_with_the_tlvs_around_it(program, text, encoded):
    assert encode(program, text, "--attributes").hex() == encoded


def test_several_attributes_keep_their_order(program):
    text = "Reply-Message = \"b\", Reply-Message = \"a\", NAS-Port = 1, Reply-Message = \"b\""
    encoded = encode(program, text, "--attributes")
    assert encoded == bytes.fromhex("120362" "120361" "050600000001" "120362")
    assert decode_attributes(program, encoded, "--one-line") == text


@pytest.mark.row("AUTH-14")
def test_a_salted_value_is_not_the_vector_by_accident(program):
    """Two runs of encode hide the same Tunnel-Password differently, each with the top bit of the salt set."""
    salts = {encode(program, 'Tunnel-Password:1 = "x"', "--attributes", *HIDING)[3:5] for _ in range(4)}
    assert len(salts) > 1 and all(salt[0] & 0x80 for salt in salts)
