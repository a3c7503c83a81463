"""What does `make play` say to a profile that it cannot play?"""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from connector_sanity.profile import ProfileError
from devkit import play

PROFILE = {"name": "mine", "task_type": "mine", "template": {}}
STATES = {
    name: {"status": {}, "phase": ["RUNNING"]} for name in ("submitted", "running", "succeeded", "failed")
}
WHOLE = PROFILE | {
    "resource": {"api_version": "example.com/v1", "kind": "Mine", "crds": ["theirs.yaml"]},
    "states": STATES,
    "start": {"command": ["connector", "--port={port}"]},
    "rights": {"account": "mine/mine", "may": {}},
}


def asked(folder: Path, content: object, *words: str) -> play.argparse.Namespace:
    path = folder / "profile.yaml"
    path.write_text(yaml.safe_dump(content))
    return play.arguments().parse_args(["--profile", str(path), *words])


@pytest.mark.parametrize(
    ("content", "words", "says"),
    [
        (WHOLE, ("--crd", "nowhere.yaml"), "--crd nowhere.yaml: there is no such file"),
        (WHOLE, (), "resource.crds: there is no theirs.yaml beside it"),
        (PROFILE, (), "needs `resource`, `states` and `start`"),
        (WHOLE | {"nonsense": 1}, (), "nonsense"),
    ],
)
def test_what_cannot_be_played_is_named(content: object, words: tuple[str, ...], says: str, tmp_path: Path):
    with pytest.raises(ProfileError, match=says):
        play.read(asked(tmp_path, content, *words))


def test_options_win_over_the_profile_and_the_connector_is_the_administrator(tmp_path: Path):
    crd, program = tmp_path / "crd.yaml", tmp_path / "mine"
    crd.touch()
    profile = play.read(asked(tmp_path, WHOLE, "--crd", str(crd), "--connector", str(program)))
    assert profile.resource is not None
    assert profile.resource.crds == [str(crd)]
    assert profile.start is not None
    assert profile.start.command == [str(program), "--port={port}"]
    assert profile.rights is None


def test_without_an_option_the_definitions_are_those_that_the_profile_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / "theirs.yaml").touch()
    asks = asked(tmp_path, WHOLE)
    profile = play.read(asks)
    assert profile.resource is not None
    cluster = play.Cluster.__new__(play.Cluster)
    cluster.kind = profile.resource
    applied: list[Path] = []
    monkeypatch.setattr(play.Cluster, "apply", lambda _, path: applied.append(path))
    monkeypatch.setattr(play.Cluster, "_served", lambda _: True)
    play.prepare(cluster, profile, tmp_path, asks.profile.parent)
    assert applied == [tmp_path / "namespace.yaml", tmp_path / "theirs.yaml"]


def test_its_first_words_say_that_no_operator_runs(capsys: pytest.CaptureFixture[str], tmp_path: Path):
    with pytest.raises(ProfileError):
        play.main(["--profile", str(tmp_path / "profile.yaml")])
    assert capsys.readouterr().out.startswith("The states are PLAYED")


def test_the_api_servers_words_about_a_status_are_shown():
    class Refused(Exception):
        status, reason = 422, "Unprocessable Entity"
        body = b'{"message": "status.active: Invalid value"}'

    assert play.refusal(Refused()) == "the API server answers 422: status.active: Invalid value"
    Refused.body = b"gateway"
    assert play.refusal(Refused()).endswith("422: Unprocessable Entity")
