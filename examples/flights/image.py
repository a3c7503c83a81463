"""How is the image of the Dockerfile beside this said with flytekit's ImageSpec? Then pyflyte builds it with Docker.

Run it in build/task-image, which ``make build_demo_docker ARGS=--only-context`` makes: ImageSpec copies nothing from
elsewhere. A task takes it with ``@task(container_image=image)``.
"""

from flytekit import ImageSpec

HOME = "/root"  # where ImageSpec puts what it copies

image = ImageSpec(
    name="larkspur/task",
    builder="default",
    # The one that your cluster pulls from.
    registry="registry.example.com",
    python_version="3.11",
    requirements="requirements.txt",
    copy=["wheels", "app"],
    commands=[f"uv pip install --no-index --no-deps {HOME}/wheels/*.whl"],
    env={"PYTHONPATH": f"{HOME}/app", "DO_NOT_TRACK": "1"},
)
