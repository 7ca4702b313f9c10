# SPDX-License-Identifier: Apache-2.0
"""What guards the rows is itself able to fail."""

import mutate
import rows

KNOWN = {"COD-1": {"id": "COD-1"}, "COD-2": {"id": "COD-2", "open": "something"},
         "COD-3": {"id": "COD-3", "partly_open": "something"}}
TEST = rows.Test("tests/unit/packet/packet_test.cpp", "a name")


def test_a_row_needs_a_test_unless_all_of_it_is_open():
    assert rows.problems(set(), KNOWN, {}) == ["COD-1 has no test", "COD-3 has no test"]
    assert rows.problems(set(), KNOWN, {"COD-1": [TEST], "COD-3": [TEST]}) == []


def test_a_cited_row_must_exist_or_be_of_a_later_section():
    cited = {"COD-1": [TEST], "COD-3": [TEST], "COD-4": [TEST], "ACC-1": [TEST]}
    assert rows.problems({"ACC"}, KNOWN, cited) == [f"COD-4 does not exist, but is cited by {TEST}"]


def test_tags_of_catch2_are_read_however_long_the_name():
    source = '''
TEST_CASE("one", "[COD-1][slow][AUTH-2]") {
TEST_CASE("none") {
TEST_CASE_METHOD(Fixture, "says \\"two\\", "
                          "in pieces",
                 "[COD-3]") {
'''
    assert list(rows.tagged_cases(source)) == [("COD-1", "one"), ("AUTH-2", "one"),
                                               ("COD-3", r'says \"two\", in pieces')]


def test_every_row_has_a_rule_and_a_source():
    _, known = rows.read()
    for row in known.values():
        assert row["rule"].endswith(".") and row["rfc"] and set(row) <= {"id", "rule", "rfc", "open", "partly_open"}


def test_a_mutation_fits_only_where_its_text_stands_once(tmp_path):
    (tmp_path / "code").write_text("if (a) b; if (a) c;")
    assert "2 times" in mutate.Mutation("COD-1", "", "code", "if (a)", "").misfit(tmp_path)
    assert "0 times" in mutate.Mutation("COD-1", "", "gone", "if (a)", "").misfit(tmp_path)
    assert "nothing" in mutate.Mutation("COD-1", "", "code", " b;", " b;").misfit(tmp_path)
    assert mutate.Mutation("COD-1", "", "code", " b;", "").misfit(tmp_path) == ""


def test_a_mutation_is_taken_back(tmp_path):
    (tmp_path / "code").write_text("if (a) b;")
    with mutate.Mutation("COD-1", "", "code", "if (a) ", "").applied(tmp_path):
        assert (tmp_path / "code").read_text() == "b;"
    assert (tmp_path / "code").read_text() == "if (a) b;"


def test_a_seed_chooses_the_same_rows_again():
    mutations = mutate.read()
    chosen = mutate.choose(mutations, 7, 10)
    assert chosen == mutate.choose(mutations, 7, 10) != mutate.choose(mutations, 8, 10)
    assert len({mutation.row for mutation in chosen}) == 10
