"""What becomes of a ``map_task`` over a connector's task? It is refused, with what to write instead.

``pyflyte run examples/everywhere/mapped.py mapped --numbers '[1, 2]'``
"""

from flytekit import map_task, workflow
from ways import squares


@workflow
def mapped(numbers: list[int]) -> list[int]:
    return map_task(squares)(n=numbers)
