"""Are the tables of specifications filled from the record, and does it still show what the pages say about it?"""

from __future__ import annotations

import copy
import json

import pytest
import specs

RECORD = json.loads(specs.RECORD.read_text(encoding="utf-8"))
CHANGES = {one["name"]: one for one in RECORD["changes"]}


def column(table: str, name: str) -> dict[str, str]:
    """Return a column of a table by the first cell of each row."""
    head, rows, _ = specs.TABLES[table](RECORD)
    return {row[0]: row[head.index(name)] for row in rows}


@pytest.mark.parametrize("name", specs.TABLES)
def test_every_row_has_a_cell_for_each_column(name: str):
    head, rows, widths = specs.TABLES[name](RECORD)
    assert rows
    assert {len(row) for row in rows} == {len(head)} == {len(widths)}
    assert all(cell for row in rows for cell in row)


def test_a_share_is_a_word_where_it_is_all_or_nothing():
    record = copy.deepcopy(RECORD)
    record["values"] = {"a": "k", "b": "k"}
    for said, shown in ((("", ""), "accepted"), (("no", ""), "1 of 2 refused"), (("no", "no"), "refused")):
        record["verdicts"]["protobuf-go"] = dict(zip("ab", said, strict=True))
        assert specs.share(record, "protobuf-go", "k") == shown


def test_a_reader_or_a_value_that_nobody_knows_is_an_error():
    with pytest.raises(KeyError):
        specs.share(RECORD, "protobuf-go", "no such kind")
    with pytest.raises(KeyError):
        specs.words(RECORD, "of no such name")
    with pytest.raises(KeyError, match="cobol"):
        specs.readers(RECORD | {"verdicts": RECORD["verdicts"] | {"cobol": {}}}, ("null",))


def test_only_protobuf_with_rules_refuses_what_is_wrong_in_two_fields():
    refusing = [reader for reader, said in column("wrong", "two fields").items() if said == "refused"]
    assert refusing == ["Protobuf, Python", "Protobuf, Go: the connector"]


def test_validators_of_json_schema_agree_about_every_value():
    said = [RECORD["verdicts"][f"jsonschema-{language}"] for language in ("python", "go", "js")]
    for value in RECORD["values"]:
        assert len({bool(one[value]) for one in said}) == 1, value


def test_a_fraction_of_zero_is_what_gos_types_refuse():
    assert column("taste", "4.0")["types from JSON Schema, Go: go-jsonschema"] == "refused"
    assert column("taste", "4.0")["Protobuf, Go: the connector"] == "accepted"


def test_names_are_the_wire_and_numbers_are_not():
    renamed, renumbered, removed = (
        CHANGES[name] for name in ("rename a field", "give a field another number", "remove a field")
    )
    assert (renamed["buf"]["WIRE"], specs.short(renamed["old_task"])) == ([], "refused")
    assert all(renumbered["buf"].values())
    assert renumbered["old_task"] == renumbered["new_task"] == "as before"
    assert (removed["buf"]["WIRE_JSON"], specs.short(removed["old_task"])) == ([], "refused")


def test_no_category_of_buf_reads_rules():
    for name in ("a field must be there", "tighten a rule"):
        assert not any(CHANGES[name]["buf"].values())
        assert specs.short(CHANGES[name]["old_task"]) == "refused"
        assert CHANGES[name]["oasdiff"]


def test_file_warns_of_every_old_task_that_a_change_of_names_or_types_refuses():
    of_rules = {"a field must be there", "tighten a rule"}
    for name in CHANGES.keys() - of_rules:
        if CHANGES[name]["old_task"] != "as before":
            assert CHANGES[name]["buf"]["FILE"], name


def test_oasdiff_only_warns_of_a_removal():
    assert CHANGES["remove a field"]["oasdiff"] == ["warning request-property-removed"]
    assert specs.short(CHANGES["remove a field"]["schema"]["old_task"]) == "refused"
