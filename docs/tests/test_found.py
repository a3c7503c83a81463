"""Do the words lead to a page that one would type to find it?"""

from __future__ import annotations

from types import SimpleNamespace

import found
import pytest


@pytest.mark.parametrize(
    ("docname", "source", "words"),
    [
        ("flyte-config", None, ["flyte config"]),
        ("spark/index", None, ["spark"]),
        ("index", None, ["index"]),
        ("plugin/phase", "go/plugins/job/phase.go", ["GetTaskPhase"]),
        ("plugin/build", "go/plugins/job/build.go", ["BuildResource"]),
    ],
)
def test_a_page_is_found_by_its_name_or_by_what_it_declares(
    docname: str, source: str | None, words: list[str]
):
    assert found.words(docname, source) == words


def test_a_message_is_found_by_its_package_and_its_name():
    assert {"larkspur.v1", "Job"} <= set(found.words("spec/job", "proto/larkspur/v1/job.proto"))


def test_of_two_files_that_declare_the_same_the_first_is_found():
    galleries = {"plugin": ["go/plugins/job/phase.go"], "spark": ["go/plugins/spark/phase.go"]}
    assert found.mine("plugin/phase", galleries) == ["GetTaskPhase"]
    assert "GetTaskPhase" not in found.mine("spark/phase", galleries)
    assert found.mine("start", galleries) == ["start"]


def test_the_search_has_the_entries_of_pages_that_a_build_did_not_write():
    entries = {
        "start": [("single", "start", "top", "main", None)],
        "abort": [("single", "a; b", "ab", "", None)],
    }
    indexer = SimpleNamespace(_index_entries={"start": [("as it was written", "", "")]})
    own = {"abort": {"found": [("single", "abort", "top", "main", None)]}, "start": {}}
    env = SimpleNamespace(domaindata={"index": {"entries": entries}}, metadata=own)
    assert found.complete(SimpleNamespace(builder=SimpleNamespace(indexer=indexer), env=env)) == []
    assert indexer._index_entries == {
        "start": [("as it was written", "", "")],
        "abort": [("a", "ab", ""), ("abort", "top", "main"), ("b", "ab", "")],
    }
