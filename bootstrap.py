"""Set everything up and run it, on a machine with Python 3.11 or newer and nothing else.

    python3 bootstrap.py serve [arguments of `energyvis serve`]
    python3 bootstrap.py test  [arguments of pytest]

Both make a virtual environment in .venv (another place: ENERGYVIS_VENV) with the versions of constraints.txt.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = Path(os.environ.get("ENERGYVIS_VENV", ROOT / ".venv"))
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
OLDEST = (3, 11)
HEADLESS = "chromium-headless-shell"
"""Chromium without windows, as Playwright takes by itself: it costs a fraction of the whole browser."""
BROWSERS = (HEADLESS, "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
WEB_SERVER = {"nginx": "nginx", "openssl": "openssl", "rsync": "rsync"}
"""What the tests of deploy/ start beside the app: programs, by Debian's packages."""


def fail(sentence: str) -> "SystemExit":
    """Exception that ends the program with one sentence."""
    return SystemExit(f"bootstrap: {sentence}")


def prepare(extra: str) -> None:
    """Make the virtual environment and install the project with ``extra``, unless that was done already."""
    if sys.version_info < OLDEST:
        raise fail(f"Python {sys.version.split()[0]} is too old; start this with Python 3.11 or newer.")
    wanted = hashlib.sha256(
        (ROOT / "pyproject.toml").read_bytes() + (ROOT / "constraints.txt").read_bytes() + extra.encode()
    ).hexdigest()
    stamp = VENV / f"installed-{extra}.txt"
    if stamp.exists() and stamp.read_text(encoding="utf-8") == wanted and PYTHON.exists():
        return
    if not PYTHON.exists():
        print(f"bootstrap: making the virtual environment {VENV}", flush=True)
        try:
            venv.create(VENV, with_pip=True)
        except subprocess.CalledProcessError as error:
            shutil.rmtree(VENV, ignore_errors=True)
            raise fail(
                "Python could not make a virtual environment. On Debian and Ubuntu install python3-venv."
            ) from error
    print(f"bootstrap: installing energyvis-panel[{extra}]; the first time takes a few minutes", flush=True)
    command = ["-m", "pip", "install", "--quiet", "-c", "constraints.txt", "--editable", f".[{extra}]"]
    if subprocess.run([PYTHON, *command], cwd=ROOT, check=False).returncode:
        raise fail("the installation failed; the lines above say why. Mend that and start again.")
    stamp.write_text(wanted, encoding="utf-8")


def browser() -> str:
    """Path of a Chromium for the browser tests, installed where that can be done without asking."""
    named = os.environ.get("ENERGYVIS_CHROMIUM", "")
    if named:
        if not shutil.which(named):
            raise fail(f"ENERGYVIS_CHROMIUM names {named!r}, which is not a program.")
        return named
    found = found_browser()
    if HEADLESS in found or (found and (is_desktop() or not can_install())):
        return found
    if can_install():
        install_packages(HEADLESS, "fonts-dejavu-core")
        if not found_browser():
            install_packages("chromium")
    elif not subprocess.run(
        [PYTHON, "-m", "playwright", "install", "--only-shell", "chromium"], check=False
    ).returncode:
        return ""  # Playwright finds its own
    if found := found_browser():
        return found
    raise fail(
        "no Chromium was found and none could be installed. Install one (Debian: apt install chromium) or "
        "name it in ENERGYVIS_CHROMIUM."
    )


def found_browser() -> str:
    """Path of a Chromium that is here, the lightest first; empty for none."""
    return next(filter(None, map(shutil.which, BROWSERS)), "")


def web_server() -> None:
    """Install what the tests of deploy/ start, where that can be done without asking; else they are skipped.

    Only where no systemd runs, as in a container: Debian's package would begin to serve port 80.
    """
    searched = f"{os.environ.get('PATH', '')}:/usr/sbin"
    missing = [package for name, package in WEB_SERVER.items() if not shutil.which(name, path=searched)]
    if missing and can_install() and not is_desktop():
        install_packages(*missing)


def can_install() -> bool:
    """Whether packages of the system can be installed without asking."""
    return bool(shutil.which("apt-get")) and hasattr(os, "geteuid") and os.geteuid() == 0


def is_desktop() -> bool:
    """Whether systemd runs, as in no container: the machine is somebody's, and services would start."""
    return Path("/run/systemd/system").exists()


def install_packages(*names: str) -> None:
    """Install Debian's packages; who calls looks whether it worked."""
    print(f"bootstrap: installing {', '.join(names)} with apt-get", flush=True)
    subprocess.run(["apt-get", "update", "-qq"], check=False)
    install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *names]
    subprocess.run(install, check=False, stdout=subprocess.DEVNULL)


def serve(arguments: Sequence[str]) -> int:
    """Run the app until it is interrupted."""
    prepare("app")
    command: list[str | Path] = [PYTHON.parent / "energyvis", "serve", *arguments]
    try:
        return subprocess.run(command, cwd=ROOT, check=False).returncode
    except KeyboardInterrupt:
        return 0


def test(arguments: Sequence[str]) -> int:
    """Run all checks and all tests."""
    prepare("dev")
    environment = os.environ | {"ENERGYVIS_CHROMIUM": browser()}
    web_server()
    from tests import lanes  # noqa: PLC0415 - an older Python gets its sentence first

    return lanes.run_all(PYTHON, arguments, environment)


def main() -> int:
    """Run the command that was named."""
    commands = {"serve": serve, "test": test}
    name, *arguments = sys.argv[1:] or [""]
    if name not in commands:
        print(__doc__)
        return 2
    return commands[name](arguments)


if __name__ == "__main__":
    sys.exit(main())
