# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Prints what is wrong, and ends with `622 documents, 0 fields wrong; F forms of P programs, 0 wrong; N PDFs, 0 wrong verdicts, 0 crashes`."""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from pathlib import Path

from tests.convention_proof.corpus import SAMPLES as UNSEALED
from tests.convention_proof.prefill_run import FLEET, prefill_run
from tests.convention_proof.signed_corpus import SIGNED_SAMPLES
from tests.form_corpus.corpus import CorpusForm, faults, load_corpus
from tests.support.sandbox_process import REPOSITORY, SandboxProcess

SAMPLES = (*UNSEALED, *SIGNED_SAMPLES)
SHOWN = REPOSITORY / "build" / "convention-proof"


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="convention-proof-") as folder, SandboxProcess(Path(folder) / "sandbox", None) as running:
        ran = prefill_run(running, Path(folder) / "store", FLEET, SHOWN)
    for each in ran.wrong:
        print(f"WRONG {each}")
    speed, alone = ran.documents / ran.seconds, ran.documents / ran.cpu_seconds
    print(f"{ran.documents} documents in {ran.seconds:.1f} s: {speed:.0f} documents/s ({alone:.0f} for each second of CPU),", flush=True)
    print(f"peak memory {ran.peak_mib:.0f} MiB; run again: {ran.again_changed} changed", flush=True)
    print(f"one of them to look at: {(SHOWN / 'prefilled.png').relative_to(REPOSITORY)}")
    forms, wrong_forms, crashes = check_forms()
    wrong = 0
    slowest = ("", 0.0)
    for sample in SAMPLES:
        sample.make()  # some are cached: only the judging is timed
        begin = time.monotonic()
        try:
            differs = sample.wrong(sample.judged())
        except Exception as error:  # every crash counts, whatever it is
            crashes += 1
            print(f"CRASH {sample.name}: {type(error).__name__}: {error}")
            continue
        slowest = max(slowest, (sample.name, time.monotonic() - begin), key=lambda each: each[1])
        if differs:
            wrong += 1
            print(f"WRONG {sample.name}: {differs}")
    most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"the process that reads a document took at most {most:.0f} MiB; the longest, {slowest[0]!r}, {slowest[1]:.1f} s")
    programs = len({form.producer for form in forms})
    print(
        f"{ran.documents} documents, {len(ran.wrong)} fields wrong; {len(forms)} forms of {programs} programs, {wrong_forms} wrong; "
        f"{len(SAMPLES)} PDFs, {wrong} wrong verdicts, {crashes} crashes"
    )
    return int(bool(ran.wrong or ran.again_changed or wrong_forms or wrong or crashes))


def check_forms() -> tuple[list[CorpusForm], int, int]:
    """The forms that other programs made; how many of them came out wrong, and how many crashed."""
    forms, wrong, crashes = load_corpus(), 0, 0
    for form in forms:
        try:
            differences = faults(form)
        except Exception as error:  # every crash counts, whatever it is
            crashes += 1
            print(f"CRASH {form.name}: {type(error).__name__}: {error}")
            continue
        if differences:
            wrong += 1
            print(f"WRONG {form.name}: {'; '.join(differences)}")
    return forms, wrong, crashes


if __name__ == "__main__":
    sys.exit(main())
