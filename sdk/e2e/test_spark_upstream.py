"""Is what this book compares with still what Flyte's own Spark plugin makes?"""

from __future__ import annotations

import json
import os
import subprocess

from devkit import environment, upstream
from devkit.toolchain import ROOT

SDK = ROOT / "sdk" / "flytekitplugins-larkspur"
SHOW = "import json, spark_upstream; print(json.dumps(spark_upstream.upstream(), indent=2, sort_keys=True))"


def test_the_record_of_flytes_own_plugin_is_what_it_makes():
    place = upstream.prepare(lambda words: subprocess.run(words, check=True, env=environment.uv_env()))
    home = environment.HOMES / "spark"
    env = environment.settings(dict(os.environ), home)
    env["PYTHONPATH"] = os.pathsep.join([str(place), str(SDK / "tests" / "workflows")])
    done = subprocess.run(
        [home / "bin" / "python", "-c", SHOW], env=env, capture_output=True, text=True, timeout=240
    )
    assert done.returncode == 0, done.stderr
    made = json.loads(done.stdout[done.stdout.index("{") :])
    assert made == json.loads((ROOT / "proto" / "fixtures" / "spark_upstream.json").read_text())
