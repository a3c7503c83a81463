"""What does the smoke test say when a Flyte 2 refuses it, or nobody answers? The API is played, the SDK is real."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from connectrpc.code import Code
from fake_flyte2 import FakeFlyte2

from devkit.smoke import TASKS
from devkit.smoke_flyte2 import Flyte2
from devkit.smoke_report import SmokeError
from devkit.toolchain import ToolchainError

PROJECT, DOMAIN = "flights", "staging"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No settings of the SDK's, and none of its notes about what it has uploaded before."""
    (tmp_path / "home").mkdir()
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def tasks(monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the tasks, from which they can be imported."""
    monkeypatch.syspath_prepend(TASKS)
    return TASKS


@pytest.fixture
def api(tmp_path: Path) -> Iterator[FakeFlyte2]:
    with FakeFlyte2(tmp_path, PROJECT, DOMAIN) as api:
        yield api


def flyte2(address: str, project: str = PROJECT) -> Flyte2:
    return Flyte2(address, project, DOMAIN, insecure=True)


def test_three_tasks_are_deployed_for_the_image_with_their_code(api: FakeFlyte2, tasks: Path):
    flyte = flyte2(api.address)
    assert set(flyte.register(tasks, "registry.example.com/flights:v1")) == {"add_up", "decline", "linger"}
    specs = {name.rpartition(".")[2]: request.spec for (name, _), request in api.tasks.items()}
    assert set(specs) == {"add_up", "decline", "linger"}
    for spec in specs.values():
        template = spec.task_template
        assert (template.type, template.container.image) == (
            "larkspur_job",
            "registry.example.com/flights:v1",
        )
        args = list(template.container.args)
        code = args[args.index("--tgz") + 1]
        assert Path(code).is_file(), "the code was uploaded"
    assert [specs[name].task_template.custom["completions"] for name in ("add_up", "decline", "linger")] == [
        2,
        1,
        2,
    ]
    assert api.unexpected == []


def test_the_address_of_a_run_is_one_for_a_browser(api: FakeFlyte2, tasks: Path):
    flyte = flyte2(api.address)
    flyte.register(tasks, "x")
    page = flyte.page("smoke-1")
    assert page == f"http://{api.address}/v2/domain/{DOMAIN}/project/{PROJECT}/runs/smoke-1"


def refusal(api: FakeFlyte2, tasks: Path, project: str = PROJECT) -> SmokeError:
    with pytest.raises(SmokeError) as raised:
        flyte2(api.address, project).register(tasks, "x")
    assert api.address in raised.value.means
    return raised.value


def test_a_project_that_is_not_there_is_named_with_the_flags(api: FakeFlyte2, tasks: Path):
    error = refusal(api, tasks, "flihgts")
    assert error.seen == f"registration: NOT_FOUND: project 'flihgts' has no domain '{DOMAIN}'"
    assert error.look.startswith("--project and --domain")


def test_an_organization_that_is_missing_is_named_with_where_it_comes_from(api: FakeFlyte2, tasks: Path):
    """The SDK takes it from the address, where that has three parts; Flyte 2's messages want one."""
    with pytest.raises(SmokeError, match=r"INVALID_ARGUMENT: project_id\.organization: must be") as raised:
        flyte2(api.address.replace("127.0.0.1", "localhost")).register(tasks, "x")
    assert "task.org" in raised.value.look


@pytest.mark.parametrize(
    ("code", "look"),
    [(Code.UNAUTHENTICATED, "the login in --config"), (Code.PERMISSION_DENIED, "may deploy and run")],
)
def test_who_may_not_is_led_to_the_login(code: Code, look: str, tmp_path: Path, tasks: Path):
    with FakeFlyte2(tmp_path, PROJECT, DOMAIN, refuses=code) as api:
        error = refusal(api, tasks)
    assert error.seen == f"registration: {code.name}: refused on purpose"
    assert look in error.look


def test_a_call_that_nobody_plays_is_an_error_that_names_it(api: FakeFlyte2, tasks: Path):
    flyte = flyte2(api.address)
    flyte.register(tasks, "x")
    with pytest.raises(
        SmokeError, match=r"UNIMPLEMENTED: nobody plays /flyteidl2\.workflow\.RunService/GetAction"
    ):
        flyte.look("smoke-1")
    assert api.unexpected == ["/flyteidl2.workflow.RunService/GetActionDetails"]


def test_a_flyte_2_that_nobody_reaches_fails_the_registration_and_no_more(tasks: Path):
    with pytest.raises(SmokeError, match=r"registration: UNAVAILABLE: ") as raised:
        flyte2("127.0.0.1:1").register(tasks, "x")
    assert "127.0.0.1:1" in raised.value.means
    assert "--insecure" in raised.value.look


def test_without_an_endpoint_the_flag_and_the_file_are_named():
    with pytest.raises(ToolchainError, match="--flyte is missing, and no configuration names a Flyte 2"):
        Flyte2("", PROJECT, DOMAIN)


def test_a_configuration_file_says_where_flyte_is_and_the_flag_wins(tmp_path: Path):
    (file := tmp_path / "config.yaml").write_text("admin:\n  endpoint: dns:///flyte.example.com\n")
    assert Flyte2("", PROJECT, DOMAIN, file).endpoint == "dns:///flyte.example.com"
    assert Flyte2("127.0.0.1:1", PROJECT, DOMAIN, file).endpoint == "127.0.0.1:1"
