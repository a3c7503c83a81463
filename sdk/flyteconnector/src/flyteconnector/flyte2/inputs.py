"""How do a task's inputs get to where its container can read them?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import flyte
from flyte import storage
from flyte.types import TypeEngine
from flyteidl2.core import literals_pb2
from flyteidl2.task import common_pb2

from flyteconnector.flyte2 import private

if TYPE_CHECKING:
    from flyteconnector.flyte2.task import RemoteFunctionTask


async def upload(task: RemoteFunctionTask, values: dict[str, Any], folder: str) -> common_pb2.Inputs:
    """Write the inputs to ``<folder>/inputs.pb``, upload the local files among them, and return them.

    Args:
        task: What they are for.
        values: Python values by name.
        folder: Path or URI of a folder that the container can read.
    """
    types = task.interface.get_input_types()
    literals = (await TypeEngine.dict_to_literal_map(values, types)).literals
    inputs = common_pb2.Inputs(
        literals=[common_pb2.NamedLiteral(name=name, value=literals[name]) for name in types],
        context=[
            literals_pb2.KeyValuePair(key=key, value=value)
            for key, value in flyte.ctx().custom_context.items()
        ],
    )
    for each in inputs.literals:
        await _upload_files(each.value)
    await storage.put_stream(inputs.SerializeToString(), to_path=f"{folder}/{private.INPUTS_FILE}")
    return inputs


async def _upload_files(literal: literals_pb2.Literal) -> None:
    """Upload the user's local files and folders below a literal to the run's raw data, and let it name the copies.

    The SDK leaves them where they are in a local run. What earlier tasks of the run wrote is where it belongs.
    """
    scalar = literal.scalar if literal.HasField("scalar") else None
    children = [*literal.collection.literals, *literal.map.literals.values()]
    if scalar is not None and scalar.HasField("union"):
        children.append(scalar.union.value)
    for child in children:
        await _upload_files(child)
    if scalar is not None and scalar.HasField("blob"):
        blob, ours = scalar.blob, flyte.ctx().raw_data_path.path
        if not storage.is_remote(blob.uri) and not blob.uri.startswith(ours):
            multipart = blob.metadata.type.dimensionality == blob.metadata.type.MULTIPART
            blob.uri = await storage.put(blob.uri, recursive=multipart)
