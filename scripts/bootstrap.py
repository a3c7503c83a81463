"""How does `make` get a pinned nox on a machine that has only Python, make and git?

It checks the machine, makes a small environment from requirements/nox.txt (nox and uv, with hashes), and becomes nox.
Standard library only, and no syntax newer than Python 3.6, so that an old Python can say what is wrong with it.
"""

import ctypes
import hashlib
import os
import shutil
import signal
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
LOCK = os.path.join(ROOT, "requirements", "nox.txt")
OLDEST = (3, 11)
PR_SET_PDEATHSIG = 1  # <linux/prctl.h>


def newer_python():
    """Return a Python on PATH that is new enough, or None; only asked when the running one is not."""
    names = ["python3.%d" % minor for minor in (13, 12, 11)]
    return next((path for path in map(shutil.which, names) if path), None)


def what_is_missing():
    """Return one sentence that names what this machine lacks, or None."""
    if sys.platform != "linux":
        return (
            "this needs Linux (on Windows: WSL), because its local cluster runs pods as Linux processes; this is %s"
            % sys.platform
        )
    if sys.version_info < OLDEST:
        return "this needs Python 3.11 or newer; %s is %d.%d (another one: make PYTHON=/path/to/python3)" % (
            (sys.executable,) + sys.version_info[:2]
        )
    if shutil.which("git") is None:
        return "this needs git, and PATH has none"
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError as error:
        return "%s cannot make virtual environments (%s); on Debian and Ubuntu: apt install python3-venv" % (
            sys.executable,
            error,
        )
    return None


def home():
    """Return the folder of the environment: its name stands for all it depends on, the lock file and the Python."""
    with open(LOCK, "rb") as file:
        text = file.read() + repr((sys.executable, sys.version_info[:3])).encode()
    return os.path.join(ROOT, ".nox", "bootstrap", hashlib.sha256(text).hexdigest()[:12])


def install(folder):
    """Make the environment; "complete" is written last, so that an interrupted one does not count.

    Raises subprocess.CalledProcessError when venv or pip fails; both have said why by then.
    """
    import fcntl

    os.makedirs(os.path.dirname(folder), exist_ok=True)
    with open(folder + ".lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # a second make waits here, and finds it complete
        if os.path.exists(os.path.join(folder, "complete")):
            return
        print(
            "bootstrap: installing nox and uv into .nox/bootstrap (once, about 30 MB)",
            file=sys.stderr,
            flush=True,
        )
        shutil.rmtree(folder, ignore_errors=True)
        subprocess.check_call([sys.executable, "-m", "venv", folder])
        pip = [
            os.path.join(folder, "bin", "python"),
            "-m",
            "pip",
            "--disable-pip-version-check",
            "--quiet",
            "install",
        ]
        subprocess.check_call(pip + ["--require-hashes", "--only-binary=:all:", "-r", LOCK])
        open(os.path.join(folder, "complete"), "w").close()


def die_with_parent():
    """Ask the kernel for a SIGTERM when make goes away, however it goes; the request survives exec."""
    parent = os.getppid()
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        sys.exit("bootstrap: the program that started this has ended")


def main(arguments):
    missing = what_is_missing()
    if missing:
        python = newer_python() if sys.platform == "linux" and sys.version_info < OLDEST else None
        if python is None:
            sys.exit("bootstrap: " + missing)
        os.execv(python, [python, os.path.abspath(__file__)] + arguments)
    die_with_parent()
    folder = home()
    try:
        if not os.path.exists(os.path.join(folder, "complete")):
            install(folder)
    except subprocess.CalledProcessError as error:
        sys.exit("bootstrap: %s ended with %s; see above" % (" ".join(error.cmd), error.returncode))
    nox = os.path.join(folder, "bin", "nox")
    os.execv(nox, [nox, "--noxfile", os.path.join(ROOT, "noxfile.py")] + arguments)


if __name__ == "__main__":
    main(sys.argv[1:])
