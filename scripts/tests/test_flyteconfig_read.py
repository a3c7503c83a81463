"""Does check_flyte_config read what admins have: values, ConfigMaps, several files; and refuse what it cannot read?"""

from __future__ import annotations

import json
import textwrap
from pathlib import Path

import pytest
import yaml
from flyteconfig_making import FILES, changed, put, trapped, view

from devkit.flyteconfig import findings
from devkit.flyteconfig_files import CONFIG
from devkit.flyteconfig_tree import FlyteConfigError

ONE = "plugins/connector-service/connectors/larkspur"


def good(name: str) -> str:
    return (CONFIG / f"{name}.yaml").read_text(encoding="utf-8")


def config_map(version: str | None = None, **files: str) -> str:
    """Return a ConfigMap as kubectl prints it: its files as blocks of text."""
    labels = f"  labels:\n    app.kubernetes.io/version: {version}\n" if version else ""
    data = "".join(f"  {name}: |\n{textwrap.indent(text, '    ')}" for name, text in files.items())
    return f"apiVersion: v1\ndata:\n{data}kind: ConfigMap\nmetadata:\n  name: flyte-config\n{labels}"


def broken(name: str = "flyte1") -> str:
    return changed(FILES[name], put("plugins/connector-service/webApi/caching/maxSystemFailures", 5))


def test_a_config_map_of_flyte_has_no_trap_where_its_files_have_none(tmp_path: Path):
    text = config_map(**{"000-core.yaml": "propeller:\n  workers: 20\n", "100-inline.yaml": good("flyte1")})
    seen = view(tmp_path, text)
    assert seen.flyte == 1
    assert trapped(seen) == []
    assert [part.kind for part in seen.config.parts] == ["ConfigMap flyte-config"]


def test_a_finding_in_a_config_map_has_the_line_of_the_whole_file(tmp_path: Path):
    text = config_map(**{"000-core.yaml": "propeller:\n  workers: 20\n", "100-inline.yaml": broken()})
    [(_, breach)] = findings(view(tmp_path, text))
    assert text.splitlines()[breach.place.line - 1].strip() == "maxSystemFailures: 5"
    assert breach.place.path[:3] == ("data", "100-inline.yaml", "plugins")


def test_a_quoted_text_in_a_config_map_has_the_line_of_its_key(tmp_path: Path):
    text = f"apiVersion: v1\nkind: ConfigMap\ndata:\n  a.yaml: {json.dumps(broken())}\n"
    [(_, breach)] = findings(view(tmp_path, text))
    assert breach.place.line == 4


def test_a_list_of_config_maps_is_read_and_what_is_not_flytes_in_it_is_not(tmp_path: Path):
    other = {"apiVersion": "v1", "kind": "ConfigMap", "data": {"envoy.yaml": "static_resources: {}\n"}}
    mine = yaml.safe_load(config_map(**{"flyte.yaml": broken()}))
    service = {"apiVersion": "v1", "kind": "Service", "spec": {"ports": [{"port": 1}]}}
    text = yaml.safe_dump({"apiVersion": "v1", "kind": "List", "items": [other, service, mine]})
    seen = view(tmp_path, text)
    assert trapped(seen) == ["few-failures"]
    assert len(seen.config.parts) == 1


def test_the_version_on_a_config_map_says_which_flyte_it_is(tmp_path: Path):
    inner = "plugins:\n  k8s: {}\n"
    assert view(tmp_path, config_map("1.16.0", **{"a.yaml": inner})).flyte == 1
    assert view(tmp_path, config_map("v2.0.43", **{"a.yaml": inner})).flyte == 2


def test_files_are_one_configuration_and_the_later_wins(tmp_path: Path):
    caching = {"caching": {"maxSystemFailures": 100000}}
    later = yaml.safe_dump({"plugins": {"Connector-Service": {"webapi": caching}}})
    assert trapped(view(tmp_path, broken())) == ["few-failures"]
    assert trapped(view(tmp_path, broken(), later)) == [], "the later file wins, and case does not matter"
    assert trapped(view(tmp_path, later, broken())) == ["few-failures"]
    assert trapped(view(tmp_path, f"{broken()}---\n{later}")) == [], "documents of one file as well"


def test_values_without_a_list_of_plugins_mean_the_charts_own_list(tmp_path: Path):
    values = changed(FILES["flyte1-binary"], put("tasks/task-plugins/enabled-plugins", None))
    [(trap, breach)] = findings(view(tmp_path, values))
    assert trap.id == "not-enabled"
    assert "which is the chart's own list" in breach.found
    assert ".".join(breach.place.path) == "enabled_plugins.tasks.task-plugins.enabled-plugins"
    assert breach.place.line == 0, "it is not there"


def test_a_file_of_flytes_own_without_a_list_of_plugins_has_all_of_them(tmp_path: Path):
    assert (
        trapped(view(tmp_path, changed(FILES["flyte1"], put("tasks/task-plugins/enabled-plugins", None))))
        == []
    )


def test_values_of_a_chart_that_contains_flytes_chart(tmp_path: Path):
    for name in ("flyte1-binary", "flyte1-core"):
        text = yaml.safe_dump({name.replace("flyte1", "flyte"): yaml.safe_load(broken(name))})
        [(_, breach)] = findings(view(tmp_path, text))
        assert breach.place.path[0] == name.replace("flyte1", "flyte")


def test_values_of_flyte_2s_flyte_core_are_below_inline_config(tmp_path: Path):
    seen = view(tmp_path, yaml.safe_dump({"inlineConfig": yaml.safe_load(good("flyte2"))}))
    assert seen.flyte == 2
    assert trapped(seen) == []


def test_the_older_name_of_the_plugin_is_read_with_its_own_keys(tmp_path: Path):
    config = yaml.safe_load(good("flyte1"))
    block = config["plugins"].pop("connector-service")
    block["agents"] = block.pop("connectors")
    block["agentForTaskTypes"] = block.pop("connectorForTaskTypes")
    config["plugins"]["agent-service"] = block
    config["tasks"]["task-plugins"]["enabled-plugins"][-1] = "agent-service"
    assert trapped(view(tmp_path, yaml.safe_dump(config))) == []
    config["tasks"]["task-plugins"]["enabled-plugins"][-1] = "connector-service"
    [(_, breach)] = findings(view(tmp_path, yaml.safe_dump(config)))
    assert breach.right[-2:] == ["connector-service", "agent-service"]
    assert breach.found.endswith("connector-service], and the connectors stand below agent-service")
    config["tasks"]["task-plugins"]["enabled-plugins"][-1] = "agent-service"
    del block["agentForTaskTypes"]
    [(_, breach), _] = findings(view(tmp_path, yaml.safe_dump(config)))
    assert ".".join(breach.place.path).startswith("plugins.agent-service.agentForTaskTypes.larkspur_")


def test_the_list_form_of_maps_is_read_and_keeps_capitals(tmp_path: Path):
    config = yaml.safe_load(good("flyte1"))
    service = config["plugins"]["connector-service"]
    service["connectors"] = [{"Larkspur": service["connectors"]["larkspur"]}]
    service["connectorForTaskTypes"] = [{"myJob": "Larkspur"}]
    seen = view(tmp_path, yaml.safe_dump(config), types=("myJob",))
    assert trapped(seen) == []


def test_what_other_connectors_do_is_not_looked_at(tmp_path: Path):
    other = put(
        "plugins/connector-service/defaultConnector", {"endpoint": "k8s://x:1", "timeouts": {"a": "1s"}}
    )
    assert trapped(view(tmp_path, changed(FILES["flyte1"], other))) == []


def test_an_anchor_and_a_merge_are_followed(tmp_path: Path):
    text = broken().replace("webApi:\n", "webApi: &limits\n", 1) + "x: *limits\n"
    assert trapped(view(tmp_path, text)) == ["few-failures"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (
            "replicas: 2\nimage: x\n",
            "no Flyte configuration: it has the keys replicas, image: want Helm values",
        ),
        ("", "no Flyte configuration: it has no keys"),
        ("- a\n- b\n", "no Flyte configuration: it has no keys"),
        ("kind: Pod\napiVersion: v1\n", "no Flyte configuration: it has the keys kind, apiVersion"),
        ("plugins: {\n", "0.yaml:2: not YAML: "),
        ("plugins: {}\nPlugins: {}\n", "0.yaml:2: the key 'Plugins' is here twice, first in line 1"),
        ("plugins: &a\n  x: *a\n", "0.yaml:2: plugins.x: contains itself"),
        ("plugins: !!python/name:os.system x\n", "0.yaml:1: not YAML: could not determine"),
        ("plugins:\n  k8s: {a: 1}\n", "There is no sign of either: want --flyte 1 or 2"),
        (
            "propeller: {workers: 1}\nexecutor: {gc: {maxTTL: 1h}}\n",
            "of Flyte 1; 0.yaml (executor) of Flyte 2",
        ),
        (config_map(**{"a.yaml": "plugins: {\n"}), "0.yaml:5: not YAML"),
        ("{{- if .x }}\nplugins: {}\n", "(a template? want what Helm has made of it)"),
        (changed(FILES["flyte1"], put("plugins/connector-service", ["a"])), "service: is ['a']: want a map"),
        (changed(FILES["flyte1"], put(ONE, "dns:///a:8000")), "larkspur: is 'dns:///a:8000': want a map"),
        (changed(FILES["flyte1"], put("tasks/task-plugins", "all")), "task-plugins: is 'all': want a map"),
    ],
)
def test_what_cannot_be_read_says_where_and_what_would_be_right(text: str, says: str, tmp_path: Path):
    with pytest.raises(FlyteConfigError) as refused:
        view(tmp_path, text)
    assert says in str(refused.value)
