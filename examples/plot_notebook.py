"""
A notebook as a task
====================

Your analysts have notebooks, and would like them as steps of a workflow. A notebook runs in a container like anything
else, so Flyte needs no new backend. It needs a class in Python: that is an **SDK-only** plugin, the smallest kind.
This page ran when the site was built: real kernels executed the cells. The task ran in the process of this page and not
in a container of Flyte; what a container does differently is said where it matters.
"""

# %%
# The notebook
# ------------
#
# ``examples/notebook_task/delays.ipynb`` is an ordinary notebook, kept in git without outputs. Two of its cells know
# that they belong to a task. One has the **tag** ``parameters``; it assigns defaults. The last one says what the
# results are. Both do no harm in Jupyter.

import nbformat
from notebook_task.delays import delays

notebook = nbformat.read(delays.path, as_version=4)
for cell in (notebook.cells[1], notebook.cells[-1]):
    print(cell.metadata.get("tags", "no tag"), cell.source, sep="\n", end="\n\n")

# %%
# The task
# --------
#
# What the user writes. The notebook's inputs and outputs get types, so Flyte checks what is connected with them. An
# output of type ``PythonNotebook`` is the executed notebook, and one of type ``HTMLPage`` the same as a page.
#
# .. literalinclude:: ../../examples/notebook_task/delays.py
#    :caption: examples/notebook_task/delays.py
#
# Run it
# ------
#
# It is called as any task. What the cells print is in the log of the task, while they run.

import os

os.environ["FLYTE_LOCAL_CACHE_ENABLED"] = "false"  # this page shall not show the result of an earlier build

result = delays(month=7, airports=["JFK"])
result.departures, result.mean_delay, result.worst_hour

# %%
# The notebook got its inputs from a cell that the task has added behind the one with the defaults:

executed = nbformat.read(result.executed, as_version=4)
print(executed.cells[2].metadata.tags, executed.cells[2].source, sep="\n")

# %%
# What you see in Flyte
# ---------------------
#
# The task has a **deck**, a page beside its outputs, with the notebook in it. It is written anew after each cell, so
# it also tells how far a running task is. This is the end of it, on white as in Flyte's UI:

from IPython.display import HTML
from notebook_task import page

last = nbformat.v4.new_notebook(cells=executed.cells[4:])
HTML(f'<div class="deck-excerpt" tabindex="0">{page.html(last)}</div>')

# %%
# When a cell fails
# -----------------
#
# The error names the cell as its author counts, and has the cell's traceback without colour codes. The cells that ran
# before are not lost: they are in the deck, and the notebook is uploaded to where the error says.
#
# Flyte does not repeat a task whose code raised, however many ``retries`` it has, unless the exception is flytekit's
# ``FlyteRecoverableException``. The same holds here: a cell may raise that one. A kernel that died is recoverable,
# too, since Flyte would repeat a container that was killed for its memory.

import tempfile
from pathlib import Path

from notebook_task.fit import NotebookError
from notebook_task.notebook import NotebookTask

folder = Path(tempfile.mkdtemp())
cells = ["per_day = {}", "print(len(per_day), 'days')", "sum(per_day.values()) / len(per_day)"]
broken = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code) for code in cells])
nbformat.write(broken, folder / "broken.ipynb")

try:
    NotebookTask("broken", folder / "broken.ipynb")()
except NotebookError as error:
    text, _, place = str(error).partition("The notebook as far as it ran: ")
print(text)
print("kept:", Path(place).name, len(nbformat.read(place, as_version=4).cells), "cells")

# %%
# What does not fit is found earlier: where the task is made, on the author's machine.

for how in ({"notebook_path": "delays.ipynb"}, {"notebook_path": delays.path, "inputs": {"airport": str}}):
    try:
        NotebookTask("unfit", **how)
    except NotebookError as error:
        print(error, end="\n\n")

# %%
# When it is aborted
# ------------------
#
# Flyte deletes the pod. Kubernetes sends SIGTERM, and SIGKILL half a minute later. The kernel is a second process,
# and has no part in this unless the task cares for it. :doc:`kernel` does: it kills the kernel and what its cells
# have started, and ends with the exit code that Kubernetes reports of any pod that it has ended, and without an
# ``error.pb``, which Flyte would take for an error of the user's. The notebook of an aborted task is not kept, but
# its deck is.
#
# The table compares this task with *upstream*: Flyte's own plugin for notebooks, ``flytekitplugins-papermill``.
# It is from tests that send signals to real processes, outside of a container. What the cell has started is a
# process that ignores SIGINT and SIGTERM. In a container everything ends with the first process. Yet there Linux drops
# a SIGTERM for which a first process has no handler. Tried by hand, in a namespace of processes as a container has:
# this task ended in less than a second, upstream's ran on until SIGKILL.
#
# .. csv-table:: What is left over five seconds after the task has ended
#    :file: ../records/notebook_aborts.csv
#    :header-rows: 1
#    :class: stack two
#
# After SIGKILL no code of the task runs that could help. It is the kernel that looks once a second whether its parent
# is still there, and a cell that lets no other thread run keeps it from looking.
#
# Which types go in and out
# -------------------------
#
# Inputs are text where Python has text for them, and else a pickle that only the kernel reads; outputs are a pickle:
# :doc:`values`. Both ends are the same Python, so there is no second type system to learn, and flytekit converts the
# outputs in the task, by the types that the task declares. The columns on the right are upstream's, in version 1.16.31.
# Its ``record_outputs`` converts in the kernel, where ``[1, 2]`` is a ``list``; flytekit would have to know of what.
#
# .. csv-table:: What arrives
#    :file: ../records/notebook_types.csv
#    :header-rows: 1
#    :class: stack in-out
#
# In a container
# --------------
#
# Flyte gets an ordinary container task. Its command starts flytekit, which imports the module and finds the task there
# by the name of its variable.

from flytekit.configuration import Image, ImageConfig, SerializationSettings
from flytekit.tools.translator import get_serializable

image = ImageConfig(default_image=Image("main", "example.com/notebooks", "v1"))
settings = SerializationSettings(image, "flytesnacks", "development", "v1")
template = get_serializable({}, settings, delays).template
print(template.type, template.container.args[-4:], sep="\n")

# %%
# The image needs ``flytekit``, ``nbclient`` and ``ipykernel``. The notebook has to be there, too: either in the
# image, or with the code. ``pyflyte register`` copies all files by default; ``pyflyte run --remote`` copies only
# Python modules, so say ``--copy all``. A test packages the example, unpacks it in an empty folder, and runs the
# command there; and another one sees the error when the notebook was left out.
#
# How it is made
# --------------
#
# Five files, each with a question for a title:
#
# .. toctree::
#    :maxdepth: 1
#
#    notebook
#    kernel
#    values
#    fit
#    page
#
# nbclient runs the cells; nbformat, Pygments and markdown-it do the rest. The class is what all SDK-only plugins look
# like: ``PythonInstanceTask`` for a task that is a variable of a module, an interface, and ``execute``.
#
# What this kind of plugin cannot do
# ----------------------------------
#
# - Flyte knows the pod and nothing else. It cannot show in which cell a task is; only the deck can.
# - Nothing runs when Flyte aborts a task but what the container does with SIGTERM. What the notebook has started
#   elsewhere, say a cluster or a paid job, goes on. For that you need a plugin in Flyte: :doc:`/decide`.
# - One task is one pod. Resources, image and pod template are those of the task, and cells cannot ask for more.
# - The kernel has the environment and the files of the pod, so also secrets that are mounted there. It has no
#   ``flytekit.current_context()`` of the task: no checkpoint, no decks of its own.
# - Kernels of other languages: inputs and outputs are Python's.
#
# Compared with Flyte's own
# -------------------------
#
# Upstream's plugin is older, supports other task types underneath (a notebook on Spark), and makes its page with
# ``nbconvert``. Both ran the same notebooks for this table; a test in ``sdk/e2e/`` does it again and fails when a line
# is no longer true. ``nbconvert`` was a stand-in there, so the pages are not compared.
#
# .. csv-table:: The same notebook in both
#    :file: ../records/notebook_upstream.csv
#    :header-rows: 1
#    :class: stack two
