"""Read by `jupyter nbconvert` when nbconvert.ts runs it: says where it is, keeps what it had, ends with its parent."""
import os
import threading
import time

import nbformat

c = get_config()  # noqa: F821, given by traitlets
partial = os.environ.pop("NBCONVERT_PARTIAL")  # not for the kernel
parent = os.getppid()
running = {"notebook": None, "cell": 0}


def on_notebook_start(notebook):
    running["notebook"] = notebook


def on_cell_execute(cell, cell_index):
    running["cell"] += 1
    print("started", running["cell"], flush=True)


def on_cell_executed(cell, cell_index, execute_reply):
    nbformat.write(running["notebook"], partial + ".tmp")
    os.replace(partial + ".tmp", partial)
    print("finished", running["cell"], flush=True)


def watch_parent():
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)  # the kernel notices in its turn


c.ExecutePreprocessor.on_notebook_start = on_notebook_start
c.ExecutePreprocessor.on_cell_execute = on_cell_execute
c.ExecutePreprocessor.on_cell_executed = on_cell_executed
threading.Thread(target=watch_parent, daemon=True).start()
