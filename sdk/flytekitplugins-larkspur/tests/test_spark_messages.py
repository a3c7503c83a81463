"""Is a Spark message accepted or refused as in every other language?

``LARKSPUR_UPDATE_FIXTURES=1`` writes the accepted ones; otherwise they are compared.
"""

from __future__ import annotations

import messages
import pytest
from google.protobuf import json_format

from larkspur_spec import Spark
from larkspur_spec.v1 import spark_pb2

ACCEPTED = {
    "nothing at all": spark_pb2.Spark(),
    "nothing set in Python": Spark().to_proto(),
    "the smallest values": Spark(executors=1, ttl_seconds_after_finished=120).to_proto(),
    "the largest values": Spark(
        executors=10_000, submission_retries=100, ttl_seconds_after_finished=2_592_000
    ).to_proto(),
    "texts that are not English": Spark(
        spark_conf={"spark.app.name": "Flüge 航班 🛫", "spark.größe.🛫": 'a "quoted" \\ <&>\n\u2028'},
        driver_pod={"metadata": {"annotations": {"Besitzer": "Jürgen", "航班": "🛫"}}},
        main_application_file="local:///opt/größe/航班.py",
    ).to_proto(),
    "all that JSON has": Spark(
        driver_pod={"spec": {"a": None, "b": True, "c": [0.5, -1, {"d": ""}], "e": {}, "f": []}, "metadata": None},
        executor_pod={},
    ).to_proto(),
    "a number that a double just holds": Spark(executor_pod={"spec": {"n": 2**53}}).to_proto(),
}  # fmt: skip
REFUSED = messages.refused("spark_refused")
BY_RULES = [name for name, case in REFUSED.items() if case["error"]]
BY_JSON = [name for name in REFUSED if name not in BY_RULES]


def test_accepted_spark_messages_are_what_every_language_reads():
    written = messages.write("spark_accepted", ACCEPTED)
    assert written == (messages.FOLDER / "spark_accepted.json").read_text(encoding="utf-8"), (
        "registered workflows send the old form; if the new one is right, set LARKSPUR_UPDATE_FIXTURES=1"
    )


@pytest.mark.parametrize("case", messages.table("spark_accepted")["cases"], ids=lambda case: case["name"])
def test_accepted_of_spark(case):
    message = messages.read(spark_pb2.Spark, case["custom"])
    assert message == ACCEPTED[case["name"]]
    assert messages.said(message) is None


@pytest.mark.parametrize("name", BY_RULES)
def test_spark_is_refused_in_the_same_words_as_by_every_language(name):
    case = REFUSED[name]
    assert messages.said(messages.read(spark_pb2.Spark, case["custom"])) == case["error"]


@pytest.mark.parametrize("name", BY_RULES)
def test_spark_is_refused_in_the_same_words_where_the_user_writes_it(name):
    _, _, words = REFUSED[name]["error"].partition(": ")
    assert messages.in_python(spark_pb2.Spark, Spark, REFUSED[name]["custom"]).endswith(f": {words}")


@pytest.mark.parametrize("name", BY_JSON)
def test_what_is_no_spark_message_is_refused_when_it_is_read(name):
    with pytest.raises(json_format.ParseError):
        messages.read(spark_pb2.Spark, REFUSED[name]["custom"])
