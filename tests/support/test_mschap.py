# SPDX-License-Identifier: Apache-2.0
"""The oracle's own proof: mschap.py agrees with the examples of RFC 2759 §9 and RFC 3079."""

from support import mschap, wire
from support.vectors import VECTORS, octets

USER = octets("A-4.user")
PASSWORD = octets("A-4.password").decode()
AUTHENTICATOR_CHALLENGE = octets("A-4.authenticator-challenge")
PEER_CHALLENGE = octets("A-4.peer-challenge")
NT_RESPONSE = octets("A-4.nt-response")


def test_the_hash_chain_of_rfc_2759():
    assert mschap.challenge_hash(PEER_CHALLENGE, AUTHENTICATOR_CHALLENGE, USER) == octets("A-4.challenge")
    assert mschap.nt_password_hash(PASSWORD) == octets("A-4.password-hash")
    assert mschap.md4(octets("A-4.password-hash")) == octets("A-4.password-hash-hash")


def test_the_responses_of_rfc_2759():
    response = mschap.generate_nt_response(AUTHENTICATOR_CHALLENGE, PEER_CHALLENGE, USER, PASSWORD)
    assert response == NT_RESPONSE
    success = mschap.authenticator_response(PASSWORD, response, PEER_CHALLENGE, AUTHENTICATOR_CHALLENGE, USER)
    assert success.decode() == VECTORS["A-4.authenticator-response"].result


def test_des_keys_have_odd_parity():
    hashed = mschap.nt_password_hash("MyPw")
    assert hashed == octets("A-4.mypw-hash")
    assert mschap.des_key(hashed[:7]) == octets("A-4.mypw-des-1")
    assert mschap.des_key(hashed[7:14]) == octets("A-4.mypw-des-2")


def test_the_mppe_keys_of_mschapv2():
    master = mschap.master_key(octets("A-4.password-hash-hash"), NT_RESPONSE)
    assert master == octets("A-5.master-key")
    send, receive = mschap.mschapv2_keys(PASSWORD, NT_RESPONSE)
    assert send == octets("A-5.send-start-key-128")
    assert receive == octets("A-5.recv-start-key-128")
    assert mschap.new_key_from_sha(send, send, 16) == octets("A-5.send-session-key-128")
    short = mschap.new_key_from_sha(send, send, 8)
    assert b"\xd1\x26\x9e" + short[3:] == octets("A-5.send-session-key-40")
    assert b"\xd1" + short[1:] == octets("A-5.send-session-key-56")


def test_the_mppe_keys_of_mschapv1():
    lm_hash = mschap.lm_password_hash(PASSWORD)
    assert lm_hash == octets("A-5.lm-password-hash")
    assert mschap.new_key_from_sha(lm_hash, lm_hash, 8) == octets("A-5.lm-session-key")
    initial = mschap.start_key_128(octets("A-5.mschapv1-challenge"), octets("A-4.password-hash-hash"))
    assert initial == octets("A-5.initial-session-key")
    assert mschap.new_key_from_sha(initial, initial, 16) == octets("A-5.current-session-key")
    assert mschap.mschapv1_keys(PASSWORD) == (lm_hash[:8], octets("A-4.password-hash-hash"))


def test_the_attributes_carry_the_values():
    def vendor(vendor_type, value):
        return wire.encode_attributes([wire.vendor(mschap.MICROSOFT, vendor_type, value)])

    response = mschap.mschapv2_response(PEER_CHALLENGE, NT_RESPONSE)
    success = b"\x01" + VECTORS["A-4.authenticator-response"].result.encode()
    assert vendor(mschap.MS_CHAP_CHALLENGE, AUTHENTICATOR_CHALLENGE) == octets("A-4.attribute-challenge")
    assert vendor(mschap.MS_CHAP2_RESPONSE, response) == octets("A-4.attribute-response")
    assert vendor(mschap.MS_CHAP2_SUCCESS, success) == octets("A-4.attribute-success")
