# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""docs/inventory.md: its files are read, and what it shows is what comes out."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from tests.support.playbook import environment
from tests.support.sandbox_process import REPOSITORY

PAGE = (REPOSITORY / "docs/inventory.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```\w*\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def block(begin: str) -> str:
    (found,) = [text for text in BLOCKS if text.startswith(begin)]
    return str(found)


def fleet(folder: Path, rows: str) -> None:
    (folder / "fleet").mkdir()
    (folder / "fleet/collectivites.yml").write_text(block("# fleet/collectivites.yml"), encoding="utf-8")
    (folder / "fleet/communes.csv").write_text(rows, encoding="utf-8")


def shown(folder: Path, command: str) -> subprocess.CompletedProcess[str]:
    """As typed in the page, with the file's line ends as Windows writes them."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    settings = environment(folder / "home") | {"PATH": path}
    return subprocess.run(command.split(), cwd=folder, env=settings, text=True, capture_output=True, timeout=120, check=False)


def test_a_host_of_the_page(tmp_path: Path) -> None:
    fleet(tmp_path, block("N° SIRET;").replace("\n", "\r\n"))
    command, _line_end, output = block("$ ansible-inventory").removeprefix("$ ").partition("\n")
    done = shown(tmp_path, command)
    assert done.stdout == output, done.stderr
    graph = shown(tmp_path, "ansible-inventory -i fleet/collectivites.yml --graph").stdout
    host = "montreuil-21930048000015"
    groups = re.findall(r"`(antai_\w+)`", PAGE[PAGE.index("The host is in `antai`") :].split("\n\n", 1)[0])
    assert len(groups) == 4
    for group in groups:
        assert host in graph[graph.index(f"@{group}:") :].split("@", 2)[1]


def test_the_problems_of_the_page(tmp_path: Path) -> None:
    """The list once a spreadsheet had it: a number in place of a SIRET, days and numbers in place of words, zeros lost, a row twice."""
    titles, albi, *montreuil = block("N° SIRET;").splitlines()
    spoilt = [
        titles,
        albi.replace("21810004800014", "2,1810004E+13"),
        *montreuil,
        "21010053100014;Bourg-en-Bresse;1;46065;1000;Bourg-en-Bresse;voirie;park exemple;Nord;",
        "21930048000015;Montreuil;93;Place Jean Jaurès;93100;Montreuil;voirie@montreuil.example;parkexemple;Nord;",
    ]
    fleet(tmp_path, "\n".join(spoilt) + "\n")
    told = shown(tmp_path, "ansible-inventory -i fleet/collectivites.yml --list").stderr
    problems = block("[WARNING]: Failed to parse").splitlines()[1:]
    assert len(problems) == 8
    flat = " ".join(told.split())
    for problem in problems:
        assert problem.strip() in flat, told
