# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes the forms of forms/ anew with the programs that README.md names: `make form-corpus`. Tests need none of them.

A producer that is not on this machine is left out, and said: its forms stay as they are.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import venv
from pathlib import Path

HERE = Path(__file__).parent
SOURCES, FORMS = HERE / "sources", HERE / "forms"
IN_PYTHON = ("reportlab_forms.py", "weasyprint_forms.py", "mupdf_forms.py", "pikepdf_forms.py")
IN_NODE = ("pdf_lib.mjs", "pdfkit.mjs")


def main(work: Path) -> int:
    """work: a folder to install producers in, which is kept for the next time. Returns how many producers failed or are missing."""
    work.mkdir(parents=True, exist_ok=True)
    missing = [_run("libreoffice.py", [sys.executable, str(SOURCES / "libreoffice.py")], needs="soffice")]
    python = _python(work)
    missing += [_run(source, [python, str(SOURCES / source)]) for source in IN_PYTHON]
    if shutil.which("npm"):
        for source in (*IN_NODE, "package.json"):
            shutil.copy(SOURCES / source, work)  # node looks for packages beside the program
        subprocess.run(["npm", "install", "--silent", "--no-audit", "--no-fund"], cwd=work, check=True)
    missing += [_run(source, ["node", str(work / source)], needs="npm") for source in IN_NODE]
    print(f"{len(list(FORMS.glob('*.pdf')))} forms in {FORMS}; {sum(missing)} producers left out")
    return sum(missing)


def _run(source: str, command: list[str], needs: str | None = None) -> bool:
    """Whether it was left out."""
    if needs and not shutil.which(needs):
        print(f"{source}: left out, {needs} is not installed")
        return True
    print(f"{source}: {Path(command[0]).name}", flush=True)
    return subprocess.run([*command, str(FORMS)], check=False).returncode != 0


def _python(work: Path) -> str:
    folder = work / "python"
    if not folder.exists():
        venv.create(folder, with_pip=True)
    python = str(folder / "bin" / "python")
    subprocess.run([python, "-m", "pip", "install", "--quiet", "-r", str(SOURCES / "requirements.txt")], check=True)
    return python


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
