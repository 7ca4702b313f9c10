# SPDX-License-Identifier: Apache-2.0
"""The vector files are complete and mean what they say where no other oracle looks at them."""

import re

import pytest

from support.vectors import FOLDER, VECTORS, parse, where


def test_every_vector_has_an_answerable_meaning():
    for vector in VECTORS.values():
        assert vector.octets or vector.result, vector.id
        if vector.answers:
            assert vector.answers in VECTORS, vector.id


def test_every_file_names_its_licence():
    for path in FOLDER.iterdir():
        assert "SPDX-License-Identifier: Apache-2.0" in path.read_text().splitlines()[0], path.name


def test_a_line_that_fits_nowhere_is_an_error():
    with pytest.raises(ValueError):
        parse("[X-1]\nwhat: x\nwhom: y\n")


# RFC 7542 §2.2, with the octets above 0x7f of its UTF8-xtra-char.
ATOM = rb"[A-Za-z0-9!#$%&'*+/=?^_`{|}~\x80-\xff-]+"
LABEL = rb"[A-Za-z0-9\x80-\xff](?:[A-Za-z0-9\x80-\xff-]*[A-Za-z0-9\x80-\xff])?"
REALM = LABEL + rb"(?:\." + LABEL + rb")+"
USER = ATOM + rb"(?:\." + ATOM + rb")*"
NAI = re.compile(USER + rb"(?:@" + REALM + rb")?|@" + REALM)


@pytest.mark.parametrize("vector", where(kind="nai"), ids=lambda v: v.id)
def test_identifiers_are_valid_as_the_grammar_says(vector):
    assert (NAI.fullmatch(vector.octets) is not None) == (vector.result == "valid")


@pytest.mark.parametrize("vector", where(kind="realm"), ids=lambda v: v.id)
def test_a_realm_matches_a_certificate_as_the_figure_says(vector):
    realm, pattern = re.fullmatch(r"realm (\S+), NAIRealm (\S+)", vector.what).groups()
    if pattern.startswith("*."):
        matches = "*" not in pattern[1:] and realm.partition(".")[2] == pattern[2:]
    else:
        matches = realm == pattern
    assert matches == (vector.result == "yes")
