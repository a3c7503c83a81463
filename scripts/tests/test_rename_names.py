"""Are all forms of the plugin's name replaced, and nothing else? Is a name that would do harm refused, with the reason?

The new name is the present one backwards: so these tests say the same in a tree that was renamed.
"""

from __future__ import annotations

import pytest

from devkit import rename_names
from devkit.rename_names import NOW, Names, RenameError, Renamer, chosen

WORD = NOW.word
OTHER = WORD[::-1]
NEW = Names(OTHER, f"git.example.org/acme/{OTHER}", f"acme-{OTHER}-tasks")


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("ab", "'ab': must be 3 to 20 letters, of a to z, lower case"),
        ("a" * 21, "must be 3 to 20 letters"),
        ("Kite", "'Kite': must be 3 to 20 letters, of a to z, lower case"),
        ("kite2", "must be 3 to 20 letters"),
        ("kite-run", "must be 3 to 20 letters"),
        ("ånder", "must be 3 to 20 letters"),
        ("lambda", "'lambda', which is a keyword of Python"),
        ("match", "a keyword of Python"),
        ("defer", "a keyword of Go"),
        ("oneof", "a word of Protobuf's language"),
        ("namespace", "a keyword of TypeScript"),
        ("con", "no name for a file on Windows"),
        ("ray", "the name of a plugin that flytekit already has: choose a word that nobody else uses"),
    ],
)
def test_a_name_that_would_do_harm_is_refused_with_the_reason(word: str, said: str) -> None:
    with pytest.raises(RenameError) as error:
        chosen(word)
    assert said in str(error.value)


@pytest.mark.parametrize(
    "module", ["kite", "kite/run", "example.org", "https://example.org/kite", "example.org/a b"]
)
def test_a_module_that_go_would_not_take_is_refused(module: str) -> None:
    with pytest.raises(
        RenameError, match=r"--module is '.*': must be a host with a dot, and a path: example.org/kite"
    ):
        chosen("kite", module)


@pytest.mark.parametrize("name", ["Kite", "kite_tasks", "-kite", "kite--x", "2kite"])
def test_a_distribution_of_another_form_is_refused(name: str) -> None:
    with pytest.raises(
        RenameError, match=r"--distribution is .*: must be lower-case words, joined by hyphens"
    ):
        chosen("kite", None, name)


def test_module_and_distribution_follow_from_the_name_where_they_are_not_chosen() -> None:
    assert chosen("kite") == Names("kite", "example.com/kite", "flytekitplugins-kite")
    assert chosen("kite", "example.org/x/kite", "acme-kite").distribution == "acme-kite"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (f"{WORD}_job, {WORD}-system, {WORD}.v1.Job", f"{OTHER}_job, {OTHER}-system, {OTHER}.v1.Job"),
        (f"{WORD}v1.Job and {WORD}connectordown", f"{OTHER}v1.Job and {OTHER}connectordown"),
        (f"{WORD.capitalize()}WatchFails", f"{OTHER.capitalize()}WatchFails"),
        (f"{WORD.upper()}_WORKER_COUNT", f"{OTHER.upper()}_WORKER_COUNT"),
        (f'"{NOW.module}/plugins/job"', f'"{NEW.module}/plugins/job"'),
        (f"module {NOW.module}\n", f"module {NEW.module}\n"),
        (f"https://{NOW.module}/v1", f"https://{NEW.module}/v1"),
        # a registry is no Go module, although its address ends like one
        (f"registry.{NOW.module}/task:1", f"registry.example.com/{OTHER}/task:1"),
        (f"{NOW.module}-more", f"example.com/{OTHER}-more"),
        (f"sdk/{NOW.distribution}/src", f"sdk/{NEW.distribution}/src"),
        (f"flytekitplugins_{WORD}-0.1.0.tar.gz", f"acme_{OTHER}_tasks-0.1.0.tar.gz"),
        (f"flytekitplugins.{WORD}.task", f"flytekitplugins.{OTHER}.task"),
        ("The Flyte Plugin Book; larks; a spur", "The Flyte Plugin Book; larks; a spur"),
    ],
)
def test_each_form_becomes_the_same_form_of_the_new_name(old: str, new: str) -> None:
    if "example.com/" in new and not NOW.module.startswith("example.com/"):
        new = new.replace(f"example.com/{OTHER}", NOW.module.replace(WORD, OTHER))
    assert Renamer(NOW, NEW).text(old, "here") == new


def test_the_word_in_mixed_case_is_refused_where_it_stands() -> None:
    mixed = WORD[:2].upper() + WORD[2:]
    with pytest.raises(RenameError, match=f"a/b.md:2: '{mixed}' must be written {WORD}, "):
        Renamer(NOW, NEW).text(f"one\n{mixed}\n", "a/b.md")


def test_a_name_that_occurs_already_is_found_with_what_is_around_it() -> None:
    files = {"go/a.go": f"x\nvar my{OTHER.capitalize()}s int\n".encode()}
    assert list(Renamer(NOW, NEW).taken(files)) == [f"go/a.go:2 has 'my{OTHER.capitalize()}s'"]
    assert list(Renamer(NOW, NEW).taken({f"go/{OTHER}/a.go": b""})) == [f"go/{OTHER}/a.go has it in its name"]


@pytest.mark.parametrize(
    "path", ["requirements/work.txt", "go/go.sum", "sdk/x/package-lock.json", "docs/a.md"]
)
def test_a_name_may_be_part_of_a_hash_or_an_example_on_a_page(path: str) -> None:
    assert not list(Renamer(NOW, NEW).taken({path: f"sha512-{OTHER}=".encode()}))
    assert not list(Renamer(NOW, NEW).taken({"logo.png": b"\0" + OTHER.encode()}))


def test_no_name_of_the_list_is_too_long_or_short_to_be_asked_for() -> None:
    words = {word for text in rename_names.WORDS.values() for word in text.split()}
    assert {"import", "message", "spark"} <= words
    assert all(word.isalpha() for word in words - {"_"}), sorted(words)
