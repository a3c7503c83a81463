"""Do the protos keep the last release's promises, and does the gate look at what it is for?"""

from __future__ import annotations

import pytest

from devkit import baseline, protos


def saved() -> str:
    return baseline.BASELINE.read_text(encoding="utf-8")


def test_the_protos_break_no_promise_and_no_rule_of_style():
    assert baseline.breaches(protos.image(), saved()) == []


def test_the_gate_stops_a_break_and_says_where():
    [name, *_] = protos.names()
    files = protos.image()
    [file] = [file for file in files.file if file.name == name]
    field = next(
        one for one in file.message_type[0].field if not one.type_name
    )  # no map: those name a message
    was, field.name = field.name, "renamed"
    field.json_name = "renamed"
    found = baseline.breaches(files, saved())
    assert any(f'changed name from "{was}" to "renamed"' in line for line in found)
    assert all(line.startswith(f"proto/{name}:") for line in found)


def test_who_has_released_nothing_is_told_what_to_do(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setattr(baseline, "breaches", lambda *_: ["proto/a.proto:1: gone"])
    assert baseline.main([]) == 1
    assert (
        "nobody has a release with this message yet? Then: make baseline ARGS=--release"
        in capsys.readouterr().out
    )


def test_a_baseline_has_no_comments_and_no_rules():
    text = baseline.written(protos.image())
    assert "sourceCodeInfo" not in text
    assert "buf.validate" not in text
    assert "buf/validate" not in text
    assert text == baseline.written(protos.image(comments=False))
