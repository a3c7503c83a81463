"""Is a Job accepted or refused as in every other language, and what does the wire do to its numbers and names?

``LARKSPUR_UPDATE_FIXTURES=1`` writes the accepted ones; otherwise they are compared.
"""

from __future__ import annotations

import messages
import pytest
from google.protobuf import (
    descriptor_pb2,
    descriptor_pool,
    json_format,
    message_factory,
    struct_pb2,
    wrappers_pb2,
)
from google.protobuf.message import Message

from larkspur_spec import DoneWhen, Job
from larkspur_spec.v1 import job_pb2

ACCEPTED = {
    "nothing at all": job_pb2.Job(),
    "nothing set in Python": Job().to_proto(),
    **{
        name: job_pb2.Job(completions=1, done_when=value)
        for name, value in job_pb2.DoneWhen.items()
    },
    "the smallest values": Job(
        completions=1, parallelism=1, backoff_limit_per_index=0, ttl_seconds_after_finished=120
    ).to_proto(),
    "the largest values": Job(
        completions=10_000,
        parallelism=10_000,
        backoff_limit_per_index=100,
        max_failed_indexes=10_000,
        ttl_seconds_after_finished=2_592_000,
        done_when=DoneWhen.FIRST_WORKER,
    ).to_proto(),
}  # fmt: skip
REFUSED = messages.refused("job_refused")
BY_RULES = [name for name, case in REFUSED.items() if case["error"]]
BY_JSON = [name for name in REFUSED if name not in BY_RULES]


def test_accepted_messages_are_what_every_language_reads():
    written = messages.write("job_accepted", ACCEPTED)
    assert written == (messages.FOLDER / "job_accepted.json").read_text(encoding="utf-8"), (
        "registered workflows send the old form; if the new one is right, set LARKSPUR_UPDATE_FIXTURES=1"
    )


@pytest.mark.parametrize("case", messages.table("job_accepted")["cases"], ids=lambda case: case["name"])
def test_accepted(case):
    message = messages.read(job_pb2.Job, case["custom"])
    assert message == ACCEPTED[case["name"]]
    assert messages.said(message) is None


@pytest.mark.parametrize("name", BY_RULES)
def test_refused_in_the_same_words_as_by_every_language(name):
    case = REFUSED[name]
    assert messages.said(messages.read(job_pb2.Job, case["custom"])) == case["error"]


@pytest.mark.parametrize("name", [name for name in BY_RULES if "doneWhen" not in REFUSED[name]["custom"]])
def test_refused_in_the_same_words_where_the_user_writes_it(name):
    _, _, words = REFUSED[name]["error"].partition(": ")
    assert messages.in_python(job_pb2.Job, Job, REFUSED[name]["custom"]).endswith(f": {words}")


@pytest.mark.parametrize("name", BY_JSON)
def test_what_is_no_such_message_is_refused_when_it_is_read(name):
    with pytest.raises(json_format.ParseError):
        messages.read(job_pb2.Job, REFUSED[name]["custom"])


def test_the_wire_has_names_and_no_numbers():
    """A message of other numbers reads the same JSON, and one of other names does not."""

    def like_job(name: str, number: int) -> type[Message]:
        file = descriptor_pb2.FileDescriptorProto(name=f"{name}.proto", package=name, syntax="proto3")
        field = file.message_type.add(name="Job").field.add(name=name, number=number)
        field.type, field.label = field.TYPE_INT32, field.LABEL_OPTIONAL
        pool = descriptor_pool.DescriptorPool()
        pool.Add(file)
        return message_factory.GetMessageClass(pool.FindMessageTypeByName(f"{name}.Job"))

    sent = json_format.MessageToDict(Job(completions=4).to_proto())["completions"]
    assert messages.read(like_job("completions", number=17), {"completions": sent}).completions == 4
    with pytest.raises(json_format.ParseError):
        messages.read(like_job("workers", number=1), {"completions": sent})


def test_a_struct_has_only_doubles_so_large_neighbours_become_one_number():
    def journey(number: int) -> float:
        return json_format.MessageToDict(json_format.ParseDict({"n": number}, struct_pb2.Struct()))["n"]

    assert isinstance(journey(4), float)
    assert journey(2**53) == journey(2**53 + 1)
    assert json_format.MessageToDict(wrappers_pb2.Int64Value(value=2**53 + 1)) == str(2**53 + 1)
    assert json_format.MessageToDict(wrappers_pb2.Int32Value(value=2**31 - 1)) == 2**31 - 1


def test_a_zero_is_not_sent():
    assert json_format.MessageToDict(job_pb2.Job(completions=0, max_failed_indexes=0)) == {}
