# SPDX-License-Identifier: Apache-2.0
"""What a module sees of a request's attributes, as the accounting log shows it: by name where the value is valid, by
number and in octets where it is not. The request is answered and recorded either way."""

import itertools
import json

import pytest

from support import wire
from support.client import Client
from support.configurations import ACCOUNTING, SECRET
from support.vectors import octets

SESSIONS = itertools.count(1)


@pytest.fixture(scope="module")
def server(shared_radhost):
    return shared_radhost(ACCOUNTING)


@pytest.fixture(params=["first", "last"])
def seen(server, request):
    """seen(octets) sends these attributes in an Accounting-Request, before or behind others, and returns what was
    recorded of them."""
    with Client(server.address("acct"), SECRET) as client:
        def record(attributes):
            session = f"session {next(SESSIONS)}"
            start = [(wire.ACCT_STATUS_TYPE, wire.integer(1)), (wire.ACCT_SESSION_ID, session.encode())]
            asked = wire.decode_attributes(attributes)
            answer = client.exchange(client.accounting_request(asked + start if request.param == "first" else start + asked))
            assert (answer.code, answer.attributes) == (wire.ACCOUNTING_RESPONSE, [])
            lines = (server.folder / "accounting.jsonl").read_text(encoding="utf-8").splitlines()
            found = json.loads(lines[-1])["attributes"]
            assert found.pop("Acct-Status-Type") == ["Start"] and found.pop("Acct-Session-Id") == [session]
            return found
        yield record


# Data types

FIXED_SIZES = [
    ("NAS-Port", 5, "fffffffe", 4294967294),
    ("Service-Type", 6, "00000002", "Framed-User"),
    ("Framed-IP-Address", 8, "c0000207", "192.0.2.7"),
    ("Event-Timestamp", 55, "80000001", "Jan 19 2038 03:14:09 UTC"),
    ("NAS-IPv6-Address", 95, "20010db8000000000000000000000001", "2001:db8::1"),
    ("Framed-Interface-Id", 96, "0000000000000001", "0:0:0:1"),
    ("MIP6-Feature-Vector", 124, "ffffffffffffffff", 18446744073709551615),
    ("PMIP6-Home-IPv4-HoA", 155, "0018c0000200", "192.0.2.0/24"),
]


@pytest.mark.row("COD-7", "COD-12")
@pytest.mark.parametrize("name, type_, value, shown", FIXED_SIZES, ids=[name for name, *_ in FIXED_SIZES])
def test_a_value_has_the_size_of_its_data_type_or_is_invalid(seen, name, type_, value, shown):
    right = bytes.fromhex(value)
    assert seen(wire.encode_attributes([(type_, right)])) == {name: [shown]}
    for wrong in (right[:-1], right + b"\0", b""):
        assert seen(wire.encode_attributes([(type_, wrong)])) == {f"Attr-{type_}": ["0x" + wrong.hex()]}


def case(row, attributes, expected):
    """One attribute or several, in hexadecimal or the id of a vector, and what is seen of them."""
    octets_ = octets(attributes) if attributes[0] in "AC" else bytes.fromhex(attributes)
    return pytest.param(octets_, expected, id=f"{row} {attributes}", marks=pytest.mark.row(row))


NAS = "0406c0000201"

CASES = [
    case("COD-7", NAS + "0405c00002", {"NAS-IP-Address": ["192.0.2.1"], "Attr-4": ["0xc00002"]}),
    case("COD-7", "0405c00002" + NAS, {"NAS-IP-Address": ["192.0.2.1"], "Attr-4": ["0xc00002"]}),
    case("COD-8", "c8040102", {"Attr-200": ["0x0102"]}),
    case("COD-8", "1a0a0001869f0104abcd", {"Vendor-99999-Attr-1": ["0xabcd"]}),
    case("COD-8", "1a0affffffff0104abcd", {"Vendor-4294967295-Attr-1": ["0xabcd"]}),
    case("COD-10", "0105610062", {"User-Name": ["a\0b"]}),
    case("COD-10", "0105000000", {"User-Name": ["\0\0\0"]}),

    # An IPv6 prefix: Reserved, Prefix-Length, as many octets as there are (RFC 3162 §2.3)
    case("COD-13", "C-14b", {"Framed-IPv6-Prefix": ["::/0"]}),
    case("COD-13", "C-14c", {"Framed-IPv6-Prefix": ["2001:db8:0:1::/64"]}),
    case("COD-13", "61140080" + "20010db8" + "00" * 11 + "01", {"Framed-IPv6-Prefix": ["2001:db8::1/128"]}),
    case("COD-13", "61140020" + "20010db8" + "00" * 12, {"Framed-IPv6-Prefix": ["2001:db8::/32"]}),
    case("COD-13", "C-14d", {"Attr-97": ["0x008120"]}),
    case("COD-13", "C-14e", {"Attr-97": ["0x003c20010db800000001"]}),
    case("COD-13", "61150080" + "20010db8" + "00" * 13, {"Attr-97": ["0x0080" + "20010db8" + "00" * 13]}),
    case("COD-13", "61070020" + "20010d", {"Attr-97": ["0x002020010d"]}),
    case("COD-13", "610300", {"Attr-97": ["0x00"]}),

    # An IPv4 prefix: six octets (RFC 8044 §3.11)
    case("COD-14", "C-14p", {"PMIP6-Home-IPv4-HoA": ["0.0.0.0/32"]}),
    case("COD-14", "9b080020c0000201", {"PMIP6-Home-IPv4-HoA": ["192.0.2.1/32"]}),
    case("COD-14", "9b080021c0000201", {"Attr-155": ["0x0021c0000201"]}),
    case("COD-14", "9b080018c0000201", {"Attr-155": ["0x0018c0000201"]}),
    case("COD-14", "9b070018c00002", {"Attr-155": ["0x0018c00002"]}),

    case("COD-15", "4f0402014f0400064f040300", {"EAP-Message": ["0x020100060300"]}),
    case("COD-15", "4f040201" + NAS + "4f0600060300", {"EAP-Message": ["0x020100060300"],
                                                      "NAS-IP-Address": ["192.0.2.1"]}),

    # Vendor-Specific of Microsoft: 7 is an integer, 11 is octets
    case("COD-16", "1a1000000137" "070600000001" "0b04abcd",
         {"MS-MPPE-Encryption-Policy": ["Encryption-Allowed"], "MS-CHAP-Challenge": ["0xabcd"]}),
    case("COD-16", "1a0f00000137" "0705000001" "0b04abcd",
         {"Vendor-311-Attr-7": ["0x000001"], "MS-CHAP-Challenge": ["0xabcd"]}),
    case("COD-16", "1a0c00000137" "0b04abcd" "0709", {"Attr-26": ["0x000001370b04abcd0709"]}),
    case("COD-16", "1a0800000137" "0b01", {"Attr-26": ["0x000001370b01"]}),
    case("COD-16", "1a0600000137", {"Attr-26": ["0x00000137"]}),
    case("COD-16", "1a05000137", {"Attr-26": ["0x000137"]}),

    # Extended attributes too short for a value (RFC 6929 §2.1, §2.2), and the shortest that are not
    case("COD-17", "f102", {"Attr-241": ["0x"]}),
    case("COD-17", "C-14g", {"Attr-241": ["0x01"]}),
    case("COD-17", "f10463aa", {"Attr-241.99": ["0xaa"]}),
    case("COD-17", "f502", {"Attr-245": ["0x"]}),
    case("COD-17", "f50301", {"Attr-245": ["0x01"]}),
    case("COD-17", "C-14h", {"Attr-245": ["0x0100"]}),
    case("COD-17", "f505010062", {"SAML-Assertion": ["b"]}),

    case("COD-18", "C-14i", {"Attr-245": ["0x0180626f62"]}),
    case("COD-20", "C-14j", {"SAML-Assertion": ["bob"]}),
    case("COD-20", "f507017f626f62", {"SAML-Assertion": ["bob"]}),
    case("COD-20", "f507010062" "6f62", {"SAML-Assertion": ["bob"]}),

    # IP-Port-Limit-Info, 241.5 (RFC 8045), holds TLVs: 1 and 2 are integers, 3 is an address
    case("COD-21", "f10905" "010600000001", {"IP-Port-Type": [1]}),
    case("COD-21", "f10505" "0102", {"Attr-241.5": ["0x0102"]}),
    case("COD-21", "f10505" "0101", {"Attr-241.5": ["0x0101"]}),
    case("COD-21", "f10505" "0100", {"Attr-241.5": ["0x0100"]}),
    case("COD-21", "f10605" "630301", {"IP-Port-Limit-Info.99": ["0x01"]}),
    case("COD-22", "f10f05" "010600000001" "020600000007", {"IP-Port-Type": [1], "IP-Port-Limit": [7]}),
    case("COD-22", "f10905" "010700000001", {"Attr-241.5": ["0x010700000001"]}),
    case("COD-22", "f10a05" "010600000001" "02", {"Attr-241.5": ["0x01060000000102"]}),
    case("COD-22", "f10d05" "01040000" "020600000007", {"IP-Port-Limit-Info.1": ["0x0000"], "IP-Port-Limit": [7]}),
    case("COD-22", "f10d05" "020600000007" "01040000", {"IP-Port-Limit-Info.1": ["0x0000"], "IP-Port-Limit": [7]}),
    case("COD-22", "f10d09" "010a" "0408" "0c060000000a", {"Softwire46-MAP-E-Basic-EA-Length": [10]}),

    # Of vendors nobody knows (RFC 6929 §9.3, §9.4); a TLV of type 26 is like any other
    case("COD-23", "A-6.7", {"Attr-241.26.1.4": ["0x74657374"]}),
    case("COD-23", "A-6.8", {"Attr-241.26.1.5": ["0x030674657374"]}),
    case("COD-23", "A-6.15", {"Attr-245.26.1.4": ["0x74657374"]}),
    case("COD-23", "A-6.16", {"Attr-245.26.1.5": ["0x030674657374"]}),
    case("COD-23", "f1081a" "0000000104", {"Attr-241": ["0x1a0000000104"]}),
    case("COD-23", "f10905" "1a0600000001", {"IP-Port-Limit-Info.26": ["0x00000001"]}),

    # Tags (RFC 2868 §3.1, §3.3, §3.5)
    case("COD-24", "C-14m", {"Tunnel-Type:1": ["VLAN"]}),
    case("COD-24", "40060000000d", {"Tunnel-Type": ["VLAN"]}),
    case("COD-24", "40061f00000d" "410601000006", {"Tunnel-Type:31": ["VLAN"], "Tunnel-Medium-Type:1": ["IEEE-802"]}),
    case("COD-24", "530602000005", {"Tunnel-Preference:2": [5]}),
    case("COD-24", "4005010000", {"Attr-64": ["0x010000"]}),
    case("COD-24", "40070100000d00", {"Attr-64": ["0x0100000d00"]}),
    case("COD-24", "C-14n", {"Tunnel-Private-Group-Id": ["100"]}),
    case("COD-24", "C-14o", {"Tunnel-Private-Group-Id:1": ["100"]}),
    case("COD-24", "51061f313030", {"Tunnel-Private-Group-Id:31": ["100"]}),
    case("COD-24", "510620313030", {"Tunnel-Private-Group-Id": [" 100"]}),
    case("COD-24", "510600313030", {"Tunnel-Private-Group-Id": ["100"]}),  # D-4
]


@pytest.mark.parametrize("attributes, expected", CASES)
def test_a_module_sees_valid_values_by_name_and_invalid_ones_by_number(seen, attributes, expected):
    assert seen(attributes) == expected


@pytest.mark.row("COD-15")
def test_an_eap_message_of_600_octets_in_three_parts_is_one_value(seen):
    eap = (b"\x02\x01\x02\x58\x04").ljust(600, b"~")
    parts = [(wire.EAP_MESSAGE, eap[begin:begin + 253]) for begin in (0, 253, 506)]
    assert [len(value) for _, value in parts] == [253, 253, 94]
    assert seen(wire.encode_attributes(parts)) == {"EAP-Message": ["0x" + eap.hex()]}


# Fragments of 245.1 and 245.2, which are text (RFC 7833), and of 245.26.1.6

def fragment(data, more=False, extended_type=1):
    return wire.Attribute(245, bytes([extended_type, 0x80 if more else 0]) + data)


USER_NAME = wire.Attribute(wire.USER_NAME, b"bob")
WHOLE = [fragment(b"a" * 251, more=True), fragment(b"b" * 251, more=True), fragment(b"c")]
JOINED = "a" * 251 + "b" * 251 + "c"
OTHER = [fragment(b"x" * 251, more=True, extended_type=2), fragment(b"y", extended_type=2)]


def shown(part):
    return "0x" + part.value.hex()


@pytest.mark.row("COD-19", "COD-23")
@pytest.mark.parametrize("vector_id, name", [("A-6.17", "DHCPv4-Options"), ("A-6.18", "Attr-245.26.1.6")])
def test_the_fragments_that_the_rfc_prints_are_one_value(seen, vector_id, name):
    """266 octets; the Vendor-Id and Vendor-Type of A-6.18 stand in its first fragment alone."""
    assert seen(octets(vector_id)) == {name: ["0x" + "a" * 251 + "b" * 251 + "c" * 30]}


@pytest.mark.row("COD-19")
@pytest.mark.parametrize("attributes, expected", [
    (WHOLE, {"SAML-Assertion": [JOINED]}),
    ([WHOLE[0], USER_NAME, *WHOLE[1:]], {"SAML-Assertion": [JOINED], "User-Name": ["bob"]}),
    ([WHOLE[0], OTHER[0], WHOLE[1], OTHER[1], WHOLE[2]],
     {"SAML-Assertion": [JOINED], "SAML-Protocol": ["x" * 251 + "y"]}),
    ([*WHOLE, fragment(b"d")], {"SAML-Assertion": [JOINED, "d"]}),
    ([fragment(b"d"), *WHOLE], {"SAML-Assertion": ["d", JOINED]}),
    ([fragment(bytes([number]) * 251, more=number < 14) for number in range(15)],
     {"SAML-Assertion": ["".join(chr(number) * 251 for number in range(15))]}),
], ids=["adjacent", "another type between", "interleaved", "another value behind", "another value before", "fifteen"])
def test_fragments_are_joined(seen, attributes, expected):
    assert seen(wire.encode_attributes(attributes)) == expected


@pytest.mark.row("COD-18")
@pytest.mark.parametrize("attributes", [
    WHOLE[:1],
    WHOLE[:2],
    [WHOLE[0], OTHER[1]],
    [WHOLE[0], fragment(b"b" * 250, more=True), WHOLE[2]],
], ids=["one", "two", "followed by another type", "one of Length 254"])
def test_fragments_that_make_no_value_are_invalid_each(seen, attributes):
    ours = [shown(part) for part in attributes if part.value[0] == 1]
    assert seen(wire.encode_attributes(attributes))["Attr-245"] == ours
