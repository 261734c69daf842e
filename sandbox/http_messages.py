# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The bytes: reading a body within bounds, writing an answer, and the faults that happen to both."""

from __future__ import annotations

import asyncio
import json
import re
import socket
import struct
from urllib.parse import parse_qs

from aiohttp import web

from sandbox.answers import Answer, json_answer, refusal_answer
from sandbox.clock import Clock
from sandbox.errors import Refusal
from sandbox.faults import DEFAULT_DELAY, InjectedFault

BANNER = "collectivites.antai sandbox (ours, not ANTAI)"
NONSENSE = {"meteo": "ensoleille", "temperatures": [18, 21, 19]}
RESET = Answer(0)


def response(answer: Answer, clock: Clock) -> web.Response:
    headers = {"X-Sandbox": BANNER, "Server": "sandbox", "Date": clock.http_date(), "Cache-Control": "no-store", **answer.headers}
    if answer.body:
        headers["Content-Type"] = answer.content_type
    return web.Response(status=answer.status, body=answer.body or None, headers=headers)


async def read_body(request: web.BaseRequest, limit: int) -> bytes:
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise Refusal(400, "SYNTAXE", "Le corps de la requête ne doit pas être compressé.")
    if (request.content_length or 0) > limit:
        raise _too_large()
    if request.headers.get("Expect", "").lower() == "100-continue":
        await request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        request.writer.output_size = 0
    parts, size = [], 0
    async for part in request.content.iter_any():
        size += len(part)
        if size > limit:
            raise _too_large()
        parts.append(part)
    return b"".join(parts)


def _too_large() -> Refusal:
    return Refusal(413, "TROP_VOLUMINEUX", "Le corps de la requête dépasse 8 Mio.", headers={"Connection": "close"})


def siret_of_query(request: web.BaseRequest) -> str | None:
    """For the log, before the request is judged."""
    try:
        values = parse_qs(request.rel_url.raw_query_string, max_num_fields=50).get("siret", [""])
    except ValueError:
        return None
    return values[0] if re.fullmatch(r"[0-9]{14}", values[0]) else None


# --- faults ---


async def before(request: web.BaseRequest, latency: InjectedFault | None, fault: InjectedFault | None) -> Answer | None:
    """What happens instead of handling the request, if anything (status 0: a reset)."""
    if latency:
        await asyncio.sleep(DEFAULT_DELAY if latency.delay is None else latency.delay)
    if fault is None:
        return None
    if fault.kind == "reset":
        return RESET
    if fault.kind in ("429", "503"):
        headers = {} if fault.retry_after is None else {"Retry-After": str(fault.retry_after)}
        code, message = ("TROP_DE_REQUETES", "Trop de requêtes.") if fault.kind == "429" else ("INDISPONIBLE", "Service indisponible.")
        return refusal_answer(Refusal(int(fault.kind), code, f"{message} (panne demandée)", headers=headers))
    return None


async def spoil(request: web.BaseRequest, fault: InjectedFault, answer: Answer, clock: Clock) -> web.StreamResponse:
    """The request was handled; its answer suffers."""
    if fault.kind == "lost_answer":
        return reset(request)
    if fault.kind == "truncated":
        return await _truncate(request, answer, clock)
    if fault.kind == "content_type":
        answer.content_type = "text/html"
        return response(answer, clock)
    return response(json_answer(NONSENSE), clock)


def reset(request: web.BaseRequest) -> web.StreamResponse:
    """A TCP reset: the client gets no answer at all."""
    transport = request.transport
    if transport is not None:
        raw = transport.get_extra_info("socket")
        if raw is not None:
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()
    return web.Response(status=200)  # goes nowhere: the transport is gone


async def _truncate(request: web.BaseRequest, answer: Answer, clock: Clock) -> web.StreamResponse:
    body = answer.body or json.dumps(NONSENSE).encode()
    whole = response(Answer(answer.status, body, answer.content_type, answer.headers), clock)
    cut = web.StreamResponse(status=whole.status, headers=whole.headers)
    cut.content_length = len(body)
    cut.force_close()
    await cut.prepare(request)
    await cut.write(body[: len(body) // 2])
    if request.transport is not None:
        request.transport.close()
    return cut
