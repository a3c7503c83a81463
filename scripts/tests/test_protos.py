"""Would our messages work with Flyte, and do they carry their rules to every language?"""

from __future__ import annotations

import subprocess
import sys

import pytest
from buf.validate import validate_pb2
from google.protobuf.descriptor_pb2 import FileDescriptorSet

from devkit import protos, protos_rules


@pytest.fixture(scope="module")
def image() -> FileDescriptorSet:
    return protos.image()


@pytest.fixture
def copy(image: FileDescriptorSet) -> FileDescriptorSet:
    result = FileDescriptorSet()
    result.CopyFrom(image)
    return result


def job(files: FileDescriptorSet):
    return next(
        message for file in files.file for message in file.message_type
        if f"{file.package}.{message.name}" == "larkspur.v1.Job"
    )  # fmt: skip


def test_our_messages_are_compiled_with_all_that_they_import(image):
    names = [file.name for file in image.file]
    assert set(protos.names()) <= set(names)
    for n, file in enumerate(image.file):
        assert set(file.dependency) <= set(names[:n])
    protos.check(image)


TAKEN = [("secrets", "secrets"), ("configs", "configs"), ("task_type", "taskType"), ("kind", "taskType")]


@pytest.mark.parametrize(("name", "json_name"), TAKEN)
def test_a_name_that_flyte_reads_itself_is_refused(copy, name, json_name):
    job(copy).field[0].name, job(copy).field[0].json_name = name, json_name
    with pytest.raises(
        protos.ProtoError, match=rf"job.proto: Job.{name}: Flyte 2 reads '(secrets|configs|task)"
    ):
        protos.check(copy)


def test_so_it_is_in_a_message_inside_of_another(copy):
    job(copy).nested_type.add(name="Inner").field.add(name="secrets", json_name="secrets")
    with pytest.raises(protos.ProtoError, match=r"job.proto: Job.Inner.secrets: Flyte 2 reads"):
        protos.check(copy)


def test_a_rule_of_a_message_names_a_field(copy):
    job(copy).options.Extensions[validate_pb2.message].cel[0].id = "job.parallelism"
    with pytest.raises(
        protos.ProtoError, match=r"rule is 'job.parallelism'.*one of completions, parallelism"
    ):
        protos.check(copy)


def test_the_rules_of_our_messages_can_be_understood(image):
    protos_rules.check(image)


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        ("this => 1", "extraneous input"),
        ("other >= 1", "undeclared reference to 'other'"),
        ("this >= 'one'", "no matching overload"),
    ],
)
def test_a_rule_that_cannot_be_understood_is_refused_with_its_place(copy, expression, said):
    job(copy).field[0].options.Extensions[validate_pb2.field].cel[0].expression = expression
    with pytest.raises(
        protos.ProtoError, match=rf'(?s)proto/larkspur/v1/job\.proto:\d+: .*"completions" .*{said}'
    ):
        protos_rules.check(copy)


def test_every_rule_says_in_words_what_would_be_right(image):
    rules = [
        rule
        for file in image.file if file.name in protos.names()
        for message in file.message_type
        for field in message.field
        for options in [field.options.Extensions[validate_pb2.field]]
        for rule in [*options.cel, *options.map.keys.cel, *options.map.values.cel, *options.repeated.items.cel]
    ]  # fmt: skip
    assert len(rules) >= 3
    assert [rule.id for rule in rules if not rule.message] == []


def test_python_reads_the_rules_without_the_module_that_declares_them():
    code = """if True:
        import sys
        from larkspur_spec.rules import first
        from larkspur_spec.v1 import job_pb2
        print(first(job_pb2.Job(completions=-1)).words)
        print(*[name for name in sys.modules if name.startswith("buf.")])
        from buf.validate import validate_pb2
        print(first(job_pb2.Job(completions=-1)).words)
    """
    printed = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    assert printed.splitlines() == ["must be between 1 and 10000", "", "must be between 1 and 10000"]
