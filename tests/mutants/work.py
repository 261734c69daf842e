# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where mutmut works, what it is told, and how it is watched.

mutmut names a mutant by its file's path and the tests' imports by the module's name: in build/mutants both are
ansible_collections/collectivites/antai/plugins/module_utils/..., as Ansible imports it.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from tests.mutants.results import MUTATED, TREE, WORK, killed
from tests.support.collection import ROOT

# Those that are about the mutated code, and judge without a network.
TESTS = (
    "tests/unit/pki",
    "tests/unit/resources",
    *(f"tests/certificates_proof/test_{each}.py" for each in ("proof", "reasons", "real")),
)
EVERY = 20.0  # seconds between two lines of progress, where there is no terminal

CONFIGURATION = """\
[tool.pytest.ini_options]
pythonpath = [".", "{tree}"]
addopts = "--import-mode=importlib -p no:cacheprovider"

[tool.mutmut]
source_paths = {sources}
only_mutate = {only}
also_copy = ["ansible_collections", "conftest.py"]
pytest_add_cli_args_test_selection = {tests}
timeout_multiplier = 5.0
use_git_change_detection = false
track_dependencies = false
"""


def prepare(selected: list[str], keep: bool) -> None:
    """The tree as git would take it, in the folder that mutmut works in. keep: what was killed before stays killed."""
    if keep:
        _forget_all_but_results()
    else:
        shutil.rmtree(WORK, ignore_errors=True)
    shutil.rmtree(WORK / "ansible_collections", ignore_errors=True)
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard", "-z"], cwd=ROOT, check=True, capture_output=True, text=True)
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file():
            target = WORK / TREE / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target)
    shutil.copy2(ROOT / "tests/mutants/for_pytest.py", WORK / "conftest.py")
    (WORK / "pyproject.toml").write_text(
        CONFIGURATION.format(
            tree=TREE,
            sources=json.dumps([f"{TREE}/{MUTATED}/{each}" for each in ("_pki", "_resources")]),
            only=json.dumps([f"{TREE}/{MUTATED}/{each}" for each in selected]),
            tests=json.dumps([f"{TREE}/{test}" for test in TESTS]),
        )
    )


def _forget_all_but_results() -> None:
    made = WORK / "mutants"
    for path in [each for each in made.rglob("*") if each.is_file()]:
        if path.suffix == ".meta":
            content = json.loads(path.read_text())
            codes = content["exit_code_by_key"]
            content["exit_code_by_key"] = {name: code if killed(code) else None for name, code in codes.items()}
            path.write_text(json.dumps(content))
        else:
            path.unlink()


def run(workers: int) -> int:
    """mutmut's exit code. In a terminal its own line of progress, else one of its lines now and then; all of it in run.log."""
    command = [str(Path(sys.executable).parent / "mutmut"), "run", "--max-children", str(workers)]
    # It keeps tests in sets: so each run tries them in the same order. No test here needs a plugin, and looking for some takes longer than a test.
    environment = os.environ | {"PYTHONHASHSEED": "0", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    if sys.stdout.isatty():
        return subprocess.run(command, cwd=WORK, env=environment, check=False).returncode
    with subprocess.Popen(command, cwd=WORK, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        _relay(process)
        return process.wait()


def _relay(process: subprocess.Popen[bytes]) -> None:
    assert process.stdout is not None
    last = 0.0
    with (WORK / "run.log").open("w") as log:
        for line in _lines(process.stdout.fileno()):
            log.write(line + "\n")
            log.flush()
            if time.monotonic() - last >= EVERY:
                last = time.monotonic()
                print(line, flush=True)


def _lines(descriptor: int) -> Iterator[str]:
    """Of a program that writes over its line."""
    rest = b""
    while chunk := os.read(descriptor, 65536):
        *whole, rest = (rest + chunk).replace(b"\r", b"\n").split(b"\n")
        yield from (each.decode(errors="replace").strip() for each in whole if each.strip())
    if rest.strip():
        yield rest.decode(errors="replace").strip()
