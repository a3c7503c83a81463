from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class DoneWhen(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    DONE_WHEN_UNSPECIFIED: _ClassVar[DoneWhen]
    DONE_WHEN_ALL_WORKERS: _ClassVar[DoneWhen]
    DONE_WHEN_FIRST_WORKER: _ClassVar[DoneWhen]
DONE_WHEN_UNSPECIFIED: DoneWhen
DONE_WHEN_ALL_WORKERS: DoneWhen
DONE_WHEN_FIRST_WORKER: DoneWhen

class Job(_message.Message):
    __slots__ = ("completions", "parallelism", "backoff_limit_per_index", "max_failed_indexes", "ttl_seconds_after_finished", "done_when")
    COMPLETIONS_FIELD_NUMBER: _ClassVar[int]
    PARALLELISM_FIELD_NUMBER: _ClassVar[int]
    BACKOFF_LIMIT_PER_INDEX_FIELD_NUMBER: _ClassVar[int]
    MAX_FAILED_INDEXES_FIELD_NUMBER: _ClassVar[int]
    TTL_SECONDS_AFTER_FINISHED_FIELD_NUMBER: _ClassVar[int]
    DONE_WHEN_FIELD_NUMBER: _ClassVar[int]
    completions: int
    parallelism: int
    backoff_limit_per_index: int
    max_failed_indexes: int
    ttl_seconds_after_finished: int
    done_when: DoneWhen
    def __init__(self, completions: _Optional[int] = ..., parallelism: _Optional[int] = ..., backoff_limit_per_index: _Optional[int] = ..., max_failed_indexes: _Optional[int] = ..., ttl_seconds_after_finished: _Optional[int] = ..., done_when: _Optional[_Union[DoneWhen, str]] = ...) -> None: ...
