# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading an unknown document with bounded memory and time: what is in it may have been made to exhaust both.

inspection_process.py reads it, in a process that gets the document and nothing else of ours: no environment, no credentials, no open connection.
"""

from __future__ import annotations

import base64
import signal
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from ..dates import instant
from ..errors import DocumentError, MissingLibrary
from .inspection import Inspection, InspectionTask, parse_inspection
from .libraries import require_pdf
from .process_pool import SHARED, ProcessPool

TOO_HEAVY = "it needs more than {what} to be read: it was made to exhaust who opens it, or is broken"


@dataclass(frozen=True)
class Limits:
    """memory_mib: of the address space of the process, the interpreter and the libraries included (some 200).

    cpu_seconds: of processor time, so that a busy machine refuses no good document; seconds: of the whole reading, in any case.
    """

    memory_mib: int = 640
    cpu_seconds: int = 20
    seconds: float = 180.0


DEFAULT_LIMITS = Limits()


def inspect_document(
    content: bytes, now: datetime, anchors: Iterable[str] = (), limits: Limits = DEFAULT_LIMITS, pool: ProcessPool = SHARED
) -> Inspection:
    """What stands in the document. anchors: PEM of the CAs that the user trusts for signatures.

    Raises MissingLibrary (pyHanko only where there is an electronic signature), DocumentError where the process itself cannot run.
    """
    require_pdf()
    task = InspectionTask(
        document=base64.b64encode(content).decode(),
        now=instant(now),
        anchors=list(anchors),
        memory=limits.memory_mib * 1024 * 1024,
        cpu=limits.cpu_seconds,
    )
    try:
        reply = pool.ask(task, limits.seconds)
    except TimeoutError:
        return Inspection(unreadable=TOO_HEAVY.format(what=f"{limits.seconds:g} seconds"), heavy=True)
    except OSError as error:
        raise DocumentError(
            f"no process can be started to read the document: {error.strerror}", "check the limits of this machine"
        ) from error
    if "missing" in reply:
        raise MissingLibrary(**reply["missing"])
    return (
        parse_inspection(reply["inspection"]) if "inspection" in reply else _inspection_that_died(reply["status"], reply["error"], limits)
    )


def _inspection_that_died(status: int, error: str, limits: Limits) -> Inspection:
    """status: as subprocess gives it. error: what the process wrote last."""
    if status == -signal.SIGXCPU:
        return Inspection(unreadable=TOO_HEAVY.format(what=f"{limits.cpu_seconds} seconds of processor time"), heavy=True)
    if status < 0 or "MemoryError" in error:
        return Inspection(unreadable=TOO_HEAVY.format(what=f"{limits.memory_mib} MiB"), heavy=True)
    cause = error[:300] or f"exit code {status}"
    raise DocumentError(f"the process that reads the document ended at once: {cause}", "please report this as a bug")
