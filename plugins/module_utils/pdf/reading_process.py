# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The process that reads documents for confined.py. It never looks into one: for each it forks a child, with bounded memory and time.

It speaks JSON, one line for each document and one for each answer, and ends when nobody asks any more (end of its input).
The child gets the document and nothing else: no environment, no credentials, no open connection, nor a way to the next document.
"""

from __future__ import annotations

import base64
import gc
import io
import json
import os
import resource
import sys
from typing import Any

from ..errors import MissingLibrary
from .inspection import inspect, signed_fields
from .libraries import pdf_objects, preload_signatures, pypdf, require_signatures
from .signatures import examine

# The facts of the largest document (text and fields are bounded by inspection.py), with room to spare.
MOST_ANSWER = 64 * 1024 * 1024


def main() -> None:
    inspect(_sheet())  # what the first document makes pypdf import and compile, each child inherits
    gc.freeze()  # and shares: it is not copied for being counted
    for line in sys.stdin.buffer:
        told = _in_a_child(line)
        sys.stdout.write(json.dumps(told) + "\n")
        sys.stdout.flush()
        if told.get("answer", {}).get("facts", {}).get("signatures"):
            preload_signatures()  # half a second, which the next child inherits


def _sheet() -> bytes:
    """A page of our own, with a word in a compressed stream."""
    writer, written = pypdf.PdfWriter(), io.BytesIO()
    words = pdf_objects.DecodedStreamObject()
    words.set_data(b"BT /F1 12 Tf (ours) Tj ET")
    page = writer.add_blank_page(width=100, height=100)
    page[pdf_objects.NameObject("/Contents")] = words.flate_encode()
    writer.write(written)
    return written.getvalue()


def _in_a_child(line: bytes) -> dict[str, Any]:
    """{answer} as the child wrote it, or {status: its wait status, error: what it said last}."""
    ours, theirs = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(ours)
        _be_the_child(line, theirs)
    os.close(theirs)
    with os.fdopen(ours, "rb") as pipe:
        said = pipe.read(MOST_ANSWER)
    _child, status = os.waitpid(child, 0)
    try:
        found: dict[str, Any] = json.loads(said)
    except ValueError:
        found = {}
    return found if found and status == 0 else {"status": os.waitstatus_to_exitcode(status), "error": found.get("error", "")}


def _be_the_child(line: bytes, theirs: int) -> None:
    """Never returns: whatever happens, no code of the parent's may run here."""
    try:
        nothing = os.open(os.devnull, os.O_RDWR)
        for standard in (0, 1, 2):
            os.dup2(nothing, standard)
        _write(theirs, _bounded(json.loads(line)))
        os._exit(0)
    except BaseException as error:
        _write(theirs, {"error": f"{type(error).__name__}: {error}"[:300]})
    finally:
        os._exit(1)


def _write(pipe: int, told: dict[str, Any]) -> None:
    rest = memoryview(json.dumps(told).encode())
    while rest:
        rest = rest[os.write(pipe, rest) :]


def _bounded(task: dict[str, Any]) -> dict[str, Any]:
    resource.setrlimit(resource.RLIMIT_AS, (task["memory"], task["memory"]))
    resource.setrlimit(resource.RLIMIT_CPU, (task["cpu"], task["cpu"] + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    return {"answer": answer(base64.b64decode(task["document"]), task["now"], task["anchors"])}


def answer(content: bytes, now: str, anchors: list[str]) -> dict[str, Any]:
    """{facts: the fields of Facts}, or {missing: packages}."""
    found = inspect(content)
    if found.get("unreadable"):
        return {"facts": found}
    names = signed_fields(content)
    try:
        if names:
            require_signatures()
            found["signatures"] = examine(content, names, now, anchors)
    except MissingLibrary as error:
        return {"missing": error.details["packages"]}
    return {"facts": found}
