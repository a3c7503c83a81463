from google.protobuf import struct_pb2 as _struct_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Spark(_message.Message):
    __slots__ = ("spark_conf", "executors", "driver_pod", "executor_pod", "main_application_file", "submission_retries", "ttl_seconds_after_finished")
    class SparkConfEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    SPARK_CONF_FIELD_NUMBER: _ClassVar[int]
    EXECUTORS_FIELD_NUMBER: _ClassVar[int]
    DRIVER_POD_FIELD_NUMBER: _ClassVar[int]
    EXECUTOR_POD_FIELD_NUMBER: _ClassVar[int]
    MAIN_APPLICATION_FILE_FIELD_NUMBER: _ClassVar[int]
    SUBMISSION_RETRIES_FIELD_NUMBER: _ClassVar[int]
    TTL_SECONDS_AFTER_FINISHED_FIELD_NUMBER: _ClassVar[int]
    spark_conf: _containers.ScalarMap[str, str]
    executors: int
    driver_pod: _struct_pb2.Struct
    executor_pod: _struct_pb2.Struct
    main_application_file: str
    submission_retries: int
    ttl_seconds_after_finished: int
    def __init__(self, spark_conf: _Optional[_Mapping[str, str]] = ..., executors: _Optional[int] = ..., driver_pod: _Optional[_Union[_struct_pb2.Struct, _Mapping]] = ..., executor_pod: _Optional[_Union[_struct_pb2.Struct, _Mapping]] = ..., main_application_file: _Optional[str] = ..., submission_retries: _Optional[int] = ..., ttl_seconds_after_finished: _Optional[int] = ...) -> None: ...
