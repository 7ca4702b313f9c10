# SPDX-License-Identifier: Apache-2.0
"""Conversations: rounds of Access-Challenge and Access-Request, held together by a State that the host mints."""

import os
import time

import pytest

from support import wire
from support.client import Client
from support.configurations import LOOPBACK_CLIENT, SECRET, later_plugin, listener, static_plugin
from support.later import ask, events, message, wait_for

AUTH = listener("auth", '["access"]', '["later"]')
LATER = LOOPBACK_CLIENT + later_plugin() + AUTH
TEN = "rounds 10 accept"
EAP_RESPONSE = bytes.fromhex("020500060304")
EAP_FAILURE = bytes.fromhex("04050004")  # Code 4, the Identifier of the Response, Length 4 (RFC 3748 §4.2)


@pytest.fixture(scope="module", params=[1, 2], ids=["one worker", "two workers"])
def server(request, shared_radhost):
    return shared_radhost(LATER, workers=request.param)


def next_round(client, state, command=TEN, attributes=(), **options):
    return client.exchange(ask(client, command, [(wire.STATE, state), *attributes], **options))


def state_of(challenge):
    assert challenge.code == wire.ACCESS_CHALLENGE
    state, = challenge.values(wire.STATE)
    return state


def begin(client, command=TEN):
    """The State of a new conversation."""
    challenge = client.exchange(ask(client, command))
    assert message(challenge) == "round 0, notes 0, data 0"
    return state_of(challenge)


def wait_for_in_flight(server, count, timeout_s=5):
    deadline = time.monotonic() + timeout_s
    while server.stats().listener("auth")["in_flight"] != count:
        assert time.monotonic() < deadline
        time.sleep(0.01)


# Rounds

@pytest.mark.row("CLI-13")
def test_ten_rounds_keep_their_notes_and_data(server):
    """Each round comes from another port and has another Identifier, so that two workers share them."""
    states = []
    with Client(server.address("auth"), SECRET) as client:
        states.append(begin(client))
    for number in range(1, 10):
        with Client(server.address("auth"), SECRET) as client:
            answer = next_round(client, states[-1])
        assert message(answer) == f"round {number}, notes {number}, data {number}"
        states.append(state_of(answer))
    with Client(server.address("auth"), SECRET) as client:
        last = next_round(client, states[-1])
    assert (last.code, message(last)) == (wire.ACCESS_ACCEPT, "round 10, notes 10, data 10")
    assert len(set(states)) == 10


@pytest.mark.row("CLI-13")
def test_a_conversation_may_end_in_a_reject(server):
    with Client(server.address("auth"), SECRET) as client:
        command = "rounds 1 reject"
        answer = next_round(client, begin(client, command), command)
    assert (answer.code, message(answer)) == (wire.ACCESS_REJECT, "round 1, notes 1, data 1")


@pytest.mark.parametrize("verdict", ["accept", "reject"])
def test_what_a_conversation_kept_is_destroyed_once_at_its_end(radhost, verdict):
    server = radhost(LATER)
    with Client(server.address("auth"), SECRET) as client:
        commands = [f"rounds {rounds} {verdict}" for rounds in (1, 2, 3)]
        for rounds, command in enumerate(commands, 1):
            state = begin(client, command)
            for _ in range(rounds - 1):
                state = state_of(next_round(client, state, command))
            next_round(client, state, command)
        for rounds, command in enumerate(commands, 1):
            wait_for(server, command, f"destroyed {rounds}")
    server.stop()
    for rounds, command in enumerate(commands, 1):
        assert events(server, command) == [f"destroyed {rounds}"]


def test_what_open_conversations_kept_is_destroyed_once_when_the_server_ends(radhost):
    server = radhost(LATER, workers=2, settings="drain_timeout_ms = 300")
    with Client(server.address("auth"), SECRET) as client:
        for number in range(20):
            begin(client, f"rounds 3 accept {number}")
    server.stop()
    for number in range(20):
        assert events(server, f"rounds 3 accept {number}") == ["destroyed 1"]


def test_conversations_side_by_side_do_not_mix(server):
    """Fifty at once from one port; each knows its own round."""
    with Client(server.address("auth"), SECRET) as client:
        states = [begin(client) for _ in range(50)]
        for number in range(1, 4):
            for place, state in enumerate(states):
                if place % number:
                    continue
                answer = next_round(client, state)
                assert message(answer) == f"round {number}, notes {number}, data {number}"
                states[place] = state_of(answer)
            states = [state for place, state in enumerate(states) if place % number == 0]


@pytest.mark.row("CLI-13", "DUP-2")
def test_a_retransmitted_round_gets_the_same_challenge(server):
    with Client(server.address("auth"), SECRET) as client:
        first = ask(client, TEN)
        client.send(first)
        challenge = client.receive()
        state = state_of(wire.check_answer(challenge, first, SECRET))
        second = ask(client, TEN, [(wire.STATE, state)])
        client.send(second)
        answer = client.receive()
        for _ in range(2):
            client.send(second)
            assert client.receive() == answer
        client.send(first)
        assert client.receive() == challenge
        state = state_of(wire.check_answer(answer, second, SECRET))
        assert message(next_round(client, state)).startswith("round 2,")


@pytest.mark.row("CLI-13")
def test_states_are_fresh_and_share_no_guessable_part(server):
    """Of 64 States no two are equal in their latter half, and each octet there takes many values."""
    with Client(server.address("auth"), SECRET) as client:
        states = [begin(client) for _ in range(64)]
    assert len({len(state) for state in states}) == 1 and len(states[0]) >= 16
    halves = [state[len(state) // 2:] for state in states]
    assert len(set(halves)) == 64
    for column in zip(*halves):
        assert len(set(column)) > 16


@pytest.mark.parametrize("way", ["thread", "offload", "timer"])
def test_a_challenge_without_more_opens_a_conversation_too(server, way):
    """The verdict alone counts, however late it is given."""
    with Client(server.address("auth"), SECRET) as client:
        challenge = client.exchange(ask(client, f"{way} 10 challenge"))
        answer = next_round(client, state_of(challenge))
    assert message(answer) == "round 1, notes 0, data 0"


# States that lead nowhere

def rejected(client, state, attributes=()):
    answer = next_round(client, state, attributes=attributes)
    assert answer.code == wire.ACCESS_REJECT
    return answer


@pytest.mark.row("CLI-13")
def test_a_used_state_is_a_reject_that_no_handler_sees(radhost):
    """D-8: it is ours, and over."""
    server = radhost(LATER)
    with Client(server.address("auth"), SECRET) as client:
        used = begin(client, "rounds 2 accept")
        current = state_of(next_round(client, used, "rounds 2 accept"))
        assert message(rejected(client, used)) == ""
        # The conversation has not noticed.
        answer = next_round(client, current, "rounds 2 accept")
        assert (answer.code, message(answer)) == (wire.ACCESS_ACCEPT, "round 2, notes 2, data 2")
        assert message(rejected(client, current)) == ""
        assert message(rejected(client, used)) == ""
    server.stop()
    assert events(server, "rounds 2 accept") == ["destroyed 2"]


@pytest.mark.row("CLI-13")
def test_a_reject_of_a_used_state_ends_eap_too(server):
    """D-8. An EAP peer waits for its Failure (RFC 3579 §2.2), with the Identifier of its Response."""
    with Client(server.address("auth"), SECRET) as client:
        used = begin(client)
        next_round(client, used)
        request = client.access_request([(wire.USER_NAME, TEN.encode()), (wire.STATE, used),
                                         (wire.EAP_MESSAGE, EAP_RESPONSE)])
        answer = client.exchange(request)
        assert answer.code == wire.ACCESS_REJECT
        assert answer.values(wire.EAP_MESSAGE) == [EAP_FAILURE]
        assert rejected(client, used).values(wire.EAP_MESSAGE) == []


@pytest.mark.row("CLI-13")
def test_the_state_of_another_is_no_state_of_ours(server):
    """D-8: it may be a home server's, so the chain runs as for a new request."""
    with Client(server.address("auth"), SECRET) as client:
        ours = begin(client)
        foreign = [b"x", b"state of a home server", bytes(16), bytes(len(ours)), os.urandom(len(ours)), ours[:-1],
                   ours + b"\0", ours[1:], b"\xff" * 253]
        foreign += [ours[:place] + bytes([ours[place] ^ 1]) + ours[place + 1:] for place in range(len(ours))]
        for state in foreign:
            answer = next_round(client, state, "now 0 accept")
            assert (answer.code, message(answer)) == (wire.ACCESS_ACCEPT, "now 0 accept"), state.hex()
            assert message(next_round(client, state)) == "round 0, notes 0, data 0", state.hex()
        assert message(next_round(client, ours)) == "round 1, notes 1, data 1"


@pytest.mark.row("CLI-13")
def test_a_state_of_another_server_is_foreign(radhost):
    """Two servers with the same configuration do not take each other's States for their own."""
    one, two = radhost(LATER), radhost(LATER)
    with Client(one.address("auth"), SECRET) as client, Client(two.address("auth"), SECRET) as other:
        assert message(next_round(other, begin(client))) == "round 0, notes 0, data 0"


TWO_CLIENTS = "".join(f"""
[[client]]
name = "{name}"
address = ["{address}"]
secret = "xyzzy5461"
""" for name, address in (("one", "127.0.0.1"), ("two", "127.0.0.2")))


@pytest.mark.row("CLI-13")
def test_the_state_of_another_client_continues_nothing(radhost):
    """The conversation goes on for the client it was begun with."""
    server = radhost(TWO_CLIENTS + later_plugin() + AUTH)
    with Client(server.address("auth"), SECRET, "127.0.0.1") as one, \
            Client(server.address("auth"), SECRET, "127.0.0.2") as two:
        state = begin(one)
        answer = next_round(two, state)
        assert answer.code == wire.ACCESS_REJECT or message(answer) == "round 0, notes 0, data 0"
        assert message(next_round(one, state)) == "round 1, notes 1, data 1"


@pytest.mark.row("CLI-13")
def test_the_state_of_another_listener_continues_nothing(radhost):
    server = radhost(LATER + listener("other", '["access"]', '["later"]'))
    with Client(server.address("auth"), SECRET) as client, Client(server.address("other"), SECRET) as other:
        state = begin(client)
        answer = next_round(other, state)
        assert answer.code == wire.ACCESS_REJECT or message(answer) == "round 0, notes 0, data 0"
        assert message(next_round(client, state)) == "round 1, notes 1, data 1"


@pytest.mark.row("CLI-13")
def test_a_state_that_has_waited_too_long_is_a_reject(radhost):
    """D-8, and what it kept is destroyed without anybody asking for it."""
    server = radhost(LATER, settings="conversation_timeout_ms = 200")
    with Client(server.address("auth"), SECRET) as client:
        state = begin(client)
        wait_for(server, TEN, "destroyed 1")
        assert message(rejected(client, state)) == ""
        assert rejected(client, state, [(wire.EAP_MESSAGE, EAP_RESPONSE)]).code == wire.ACCESS_REJECT
        # A new one lives as long again.
        state = begin(client)
        for _ in range(4):
            time.sleep(0.1)
            state = state_of(next_round(client, state))


# Rounds that fail

@pytest.mark.parametrize("command, code", [("now 0 error", wire.ACCESS_REJECT), ("never 0", wire.ACCESS_REJECT)])
def test_after_a_failed_round_its_state_is_still_good(radhost, command, code):
    server = radhost(LATER.replace("timeout_ms = 2000", "timeout_ms = 150"))
    with Client(server.address("auth"), SECRET) as client:
        state = state_of(next_round(client, begin(client)))
        assert next_round(client, state, command).code == code
        answer = next_round(client, state)
        assert message(answer).startswith("round 2,") and message(answer).endswith("data 2")


@pytest.mark.parametrize("command", ["now 0 drop", "thread 10 drop", "offload 10 drop"])
def test_after_a_dropped_round_its_state_is_still_good(server, command):
    with Client(server.address("auth"), SECRET) as client:
        state = state_of(next_round(client, begin(client)))
        client.expect_silence(ask(client, command, [(wire.STATE, state)]), lambda: ask(client, "thread 60 accept"))
        answer = next_round(client, state)
        assert message(answer).startswith("round 2,") and message(answer).endswith("data 2")


def test_one_round_is_in_hand_at_a_time(server):
    """Another request with the same State meanwhile gets no answer; the conversation goes on."""
    with Client(server.address("auth"), SECRET) as client, Client(server.address("auth"), SECRET) as other:
        state = begin(client)
        slow = ask(client, "thread 1000 challenge", [(wire.STATE, state)])
        client.send(slow)
        wait_for_in_flight(server, 1)  # another worker may be quicker
        for identifier in range(4):
            # Both to the same worker, one after the other.
            other.expect_silence(ask(other, TEN, [(wire.STATE, state)], identifier=identifier),
                                 lambda number=identifier: ask(other, "now 0 accept", identifier=200 + number))
        state = state_of(client.answer_to(slow))
        assert message(next_round(client, state)) == "round 2, notes 1, data 1"


def test_two_copies_of_a_round_at_once_are_one_round(radhost):
    """From two ports, so that they are no duplicates; many times over, on two workers."""
    server = radhost(LATER, workers=2)
    with Client(server.address("auth"), SECRET) as one, Client(server.address("auth"), SECRET) as two:
        for identifier in range(100):
            state = begin(one)
            for client, offset in ((one, 0), (two, 1)):
                client.send(ask(client, TEN, [(wire.STATE, state)], identifier=(identifier + offset) % 256))
            # Sorted out by a later request on each socket, to the same worker: 0 or 1 answers came before it.
            found = []
            for client, offset in ((one, 128), (two, 129)):
                marker = ask(client, "now 0 accept", identifier=(identifier + offset) % 256)
                client.send(marker)
                while (octets := client.receive())[1] != marker[1]:
                    found.append(wire.decode(octets))
            challenges = [packet for packet in found if packet.code == wire.ACCESS_CHALLENGE]
            assert [message(packet) for packet in challenges] == ["round 1, notes 1, data 1"]
            assert all(packet.code == wire.ACCESS_REJECT for packet in found if packet not in challenges)


# Bounds

@pytest.mark.parametrize("setting", ["max_conversations = 4", "max_conversations_per_client = 4"])
def test_beyond_the_bound_a_challenge_begins_no_conversation(radhost, setting):
    """Those that are open go on, and their end makes room."""
    server = radhost(LATER, settings=setting)
    with Client(server.address("auth"), SECRET) as client:
        states = [begin(client, "rounds 1 accept") for _ in range(4)]
        answer = client.exchange(ask(client, "rounds 1 accept"))
        assert answer.code == wire.ACCESS_REJECT and answer.values(wire.STATE) == []
        for state in states[:2]:
            assert next_round(client, state, "rounds 1 accept").code == wire.ACCESS_ACCEPT
        begin(client, "rounds 1 accept")
        begin(client, "rounds 1 accept")
        for state in states[2:]:
            assert next_round(client, state, "rounds 1 accept").code == wire.ACCESS_ACCEPT


def test_the_bound_of_one_client_leaves_room_for_another(radhost):
    server = radhost(TWO_CLIENTS + later_plugin() + AUTH, settings="max_conversations_per_client = 2")
    with Client(server.address("auth"), SECRET, "127.0.0.1") as one, \
            Client(server.address("auth"), SECRET, "127.0.0.2") as two:
        for _ in range(2):
            begin(one)
        assert one.exchange(ask(one, TEN)).code == wire.ACCESS_REJECT
        for _ in range(2):
            begin(two)
        assert two.exchange(ask(two, TEN)).code == wire.ACCESS_REJECT


def test_conversations_that_have_waited_too_long_make_room(radhost):
    server = radhost(LATER, settings="max_conversations = 2\nconversation_timeout_ms = 200")
    with Client(server.address("auth"), SECRET) as client:
        commands = [f"rounds 1 accept {number}" for number in range(3)]
        for command in commands[:2]:
            begin(client, command)
        assert client.exchange(ask(client, commands[2])).code == wire.ACCESS_REJECT
        for command in commands:
            wait_for(server, command, "destroyed 1")
        begin(client, commands[2])


# States of a module's own

def test_a_challenge_with_a_state_of_the_modules_own_is_sent_as_it_is(radhost):
    """The next request with it is a new one."""
    server = radhost(LOOPBACK_CLIENT + later_plugin()
                     + static_plugin("own", "challenge", '{ "State" = "0x6f776e" }')
                     + listener("auth", '["access"]', '["later", "own"]'), settings="max_conversations = 1")
    with Client(server.address("auth"), SECRET) as client:
        for _ in range(3):
            answer = client.exchange(ask(client, "now 0 pass"))
            assert (answer.code, answer.values(wire.STATE)) == (wire.ACCESS_CHALLENGE, [b"own"])
        assert message(next_round(client, b"own")) == "round 0, notes 0, data 0"


def test_the_handler_that_challenged_is_the_first_to_be_asked(radhost):
    """The one before it in the chain is not called again; the one after it sees its PASS as ever."""
    server = radhost(LOOPBACK_CLIENT + later_plugin("first", more="finishes = true") + later_plugin("second")
                     + static_plugin("last", "accept")
                     + listener("auth", '["access"]', '["first", "second", "last"]'))
    # "now 0 pass" passes both; a static challenge in their place would open none, so `first` passes by its name.
    with Client(server.address("auth"), SECRET) as client:
        assert client.exchange(ask(client, "now 0 pass")).code == wire.ACCESS_ACCEPT
        state = begin(client, "rounds 2 pass")  # of `first`
        state = state_of(next_round(client, state, "rounds 2 pass"))
        # The control notes are the conversation's; `second` begins nothing of its own in the same request.
        assert next_round(client, state, "now 0 pass").code == wire.ACCESS_ACCEPT


# Counters

@pytest.mark.row("MIB-1", "MIB-3")
def test_challenges_are_counted_and_nothing_is_left_in_flight(radhost):
    server = radhost(LATER, workers=2)
    with Client(server.address("auth"), SECRET) as client:
        for _ in range(5):
            command = "rounds 2 accept"
            state = state_of(next_round(client, begin(client, command), command))
            assert next_round(client, state, command).code == wire.ACCESS_ACCEPT
    counters = server.stop()
    access = counters.listener("auth")["access"]
    assert (access["requests"], access["challenges"], access["accepts"], access["pending"]) == (15, 10, 5, 0)
    assert counters.listener("auth")["in_flight"] == 0 and counters.discards() == {}
