# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The process that reads documents for confined_inspection.py. It never looks into one: the child that it forks does, with bounded memory and time.

They speak JSON, one line for each document and one for each answer, and end when nobody asks any more (end of the input).
The child gets documents and nothing else: no environment, no credentials, no open connection. It reads on while there is nothing
to remark: after anything else it leaves the next document to another child, and where it dies, this process dies as it did.
"""

from __future__ import annotations

import base64
import gc
import io
import json
import math
import os
import resource
import time
from collections.abc import Callable
from dataclasses import asdict, replace
from typing import BinaryIO, NoReturn

from ..errors import MissingLibrary
from .inspection import Inspection, InspectionReply, InspectionTask, parse_inspection
from .inspector import inspect_pdf
from .libraries import pdf_objects, preload_signatures, pypdf, require_signatures, signatures_loaded
from .signatures import examine_signatures

# Exit codes of a child that leaves the next document to another one; signed: that has to load what verifies signatures.
ANOTHER, ANOTHER_SIGNED = 64, 65
# How many documents a child reads, and by how much (KiB) it may grow meanwhile: the last one has as much memory left as the first, nearly.
MOST_DOCUMENTS, MOST_GROWTH = 200, 32 * 1024
PIPE = 64 * 1024
# (document, now, anchors) -> what is said of it
Answerer = Callable[[bytes, str, "list[str]"], InspectionReply]


def main() -> None:
    inspect_pdf(_sheet())  # what the first document makes pypdf import and compile, each child inherits
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    while True:
        gc.freeze()  # and shares: it is not copied for being counted
        child = os.fork()
        if child == 0:
            _be_the_child()
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        if status == ANOTHER_SIGNED:
            preload_signatures()  # half a second, which the next child inherits
        elif status != ANOTHER:
            _end_as(status)


def _sheet() -> bytes:
    """A page of our own, with a word in a compressed stream."""
    writer, written = pypdf.PdfWriter(), io.BytesIO()
    words = pdf_objects.DecodedStreamObject()
    words.set_data(b"BT /F1 12 Tf (ours) Tj ET")
    page = writer.add_blank_page(width=100, height=100)
    page[pdf_objects.NameObject("/Contents")] = words.flate_encode()
    writer.write(written)
    return written.getvalue()


def _end_as(status: int) -> NoReturn:
    """As the child did, so that who asked learns it: by the same signal, or with the same code."""
    if status < 0:
        os.kill(os.getpid(), -status)
    os._exit(status)


def _be_the_child() -> NoReturn:
    """Whatever happens, no code of the parent's may run here."""
    try:
        questions, answers = os.fdopen(os.dup(0), "rb", PIPE), os.dup(1)
        nothing = os.open(os.devnull, os.O_RDWR)
        for standard in (0, 1, 2):
            os.dup2(nothing, standard)
        os._exit(_read_on(questions, answers))
    finally:
        os._exit(1)


def _read_on(questions: BinaryIO, answers: int) -> int:
    """Documents, until one is remarkable; the exit code. Nobody asks before the answer is there, so nothing of the next one is lost."""
    loaded, before = signatures_loaded(), _most_memory()
    for _turn in range(MOST_DOCUMENTS):
        line = questions.readline()
        if not line:
            return 0
        reply = _reply(line)
        _write(answers, reply)
        fields = reply.get("inspection")
        if fields and fields["signatures"] and not loaded:
            return ANOTHER_SIGNED
        if fields is None or _is_remarkable(parse_inspection(fields)) or _most_memory() - before > MOST_GROWTH:
            break
    return ANOTHER


def _is_remarkable(inspection: Inspection) -> bool:
    """Whether more can be said of it than that it was read: what was made to do harm would be."""
    broken = any(not (signature.intact and signature.valid) or signature.altered for signature in inspection.signatures)
    return broken or bool(inspection.unreadable or inspection.damage or inspection.active)


def _most_memory() -> int:
    """That this process ever had, in KiB (elsewhere than on Linux in bytes: then every document has its own child)."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _reply(line: bytes, answer_to: Answerer | None = None) -> InspectionReply:
    """To a line that holds an InspectionTask; whatever went wrong is in it."""
    try:
        return _bounded(json.loads(line), answer_to or answer)
    except BaseException as error:
        return {"status": 1, "error": f"{type(error).__name__}: {error}"[:300]}


def _write(pipe: int, reply: InspectionReply) -> None:
    rest = memoryview(json.dumps(reply).encode() + b"\n")
    while rest:
        rest = rest[os.write(pipe, rest) :]


def _bounded(task: InspectionTask, answer_to: Answerer) -> InspectionReply:
    """The limits are those of this document; the time that those before it took is not counted."""
    limits = {resource.RLIMIT_AS: task["memory"], resource.RLIMIT_CPU: math.ceil(time.process_time()) + task["cpu"]}
    for kind, most in limits.items():
        hard = resource.getrlimit(kind)[1]
        resource.setrlimit(kind, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))
    try:
        return answer_to(base64.b64decode(task["document"]), task["now"], task["anchors"])
    finally:
        for kind in limits:
            hard = resource.getrlimit(kind)[1]
            resource.setrlimit(kind, (hard, hard))


def answer(content: bytes, now: str, anchors: list[str]) -> InspectionReply:
    """inspection, or missing where the document is signed and pyHanko is not there."""
    inspection, names = inspect_pdf(content)
    try:
        if names:
            require_signatures()
            inspection = replace(inspection, signatures=tuple(examine_signatures(content, names, now, anchors)))
    except MissingLibrary as error:
        return {"missing": error.details}
    return {"inspection": asdict(inspection)}
