# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What people do at the keyboard. They act on the state itself, whether a server runs or not."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from stdnum.fr import siret as siret_number

from sandbox import contract, faults, people, policy, psce, request_log, rules, seeding
from sandbox.clock import EARLIEST, LATEST, moment, offset_for, parse_moment, shift
from sandbox.errors import UserError
from sandbox.layout import Layout
from sandbox.psce_folder import Counter
from sandbox.world import World


class AddCommand(Protocol):
    def __call__(self, name: str, text: str, function: object, siret: bool = False) -> argparse.ArgumentParser: ...


@contextmanager
def open_world(layout: Layout, create: bool = False) -> Iterator[World]:
    if not create and not layout.database.exists():
        raise UserError(f"There is no sandbox state in {layout.root}. Start `python -m sandbox serve` once, or give --state.")
    world = World.open(layout)
    try:
        yield world
    finally:
        world.close()


def checked_siret(siret: str) -> str:
    if not siret_number.is_valid(siret) or len(siret) != 14:
        raise UserError(f"{siret} is no SIRET: 14 digits with a right key are needed.")
    return siret


# --- people ---


def _act(layout: Layout, given: argparse.Namespace, deed: Callable[[World, str], str]) -> int:
    siret = checked_siret(given.siret)
    with open_world(layout) as world:
        with world.db.transaction():
            text = deed(world, siret)
        print(text)
    return 0


def approve(layout: Layout, given: argparse.Namespace) -> int:
    return _act(layout, given, people.accept_request)


def refuse(layout: Layout, given: argparse.Namespace) -> int:
    return _act(layout, given, lambda world, siret: people.refuse(world, siret, given.reason))


def countersign(layout: Layout, given: argparse.Namespace) -> int:
    return _act(layout, given, people.countersign)


def sign(layout: Layout, given: argparse.Namespace) -> int:
    return _act(layout, given, people.sign)


def activate(layout: Layout, given: argparse.Namespace) -> int:
    return _act(layout, given, people.activate)


def issue(layout: Layout, given: argparse.Namespace) -> int:
    siret = checked_siret(given.siret)
    with open_world(layout, create=True) as world:
        psce.ensure_ca(layout, world.clock.now())
        outcomes = Counter(world).serve(lambda named: rules.names_siret(named, siret))
    if not outcomes:
        raise UserError(f"No CSR of {siret} waits in {layout.psce_in}. Drop one there (<name>.csr, in PEM).")
    for outcome in outcomes:
        print(f"certificate issued: {outcome.issued}" if outcome.issued else f"{outcome.name} refused: {outcome.reason}")
    return 0 if any(outcome.issued for outcome in outcomes) else 1


# --- clock ---


def tick(layout: Layout, given: argparse.Namespace) -> int:
    with open_world(layout) as world, world.db.transaction():
        now = world.clock.now()
        try:
            target = parse_moment(given.to) if given.to else shift(now, given.days or 0, given.hours or 0, given.seconds or 0)
        except (ValueError, OverflowError) as error:
            raise UserError(f"This moment cannot be understood: {error}. Write 2027-01-01 or 2027-01-01T12:00:00Z.") from error
        if not EARLIEST <= target <= LATEST:
            raise UserError(f"The clock moves between {EARLIEST:%Y-%m-%d} and {LATEST:%Y-%m-%d} only.")
        if target < now and not given.back:
            raise UserError(f"It is {moment(now)} in the sandbox: going back needs --back.")
        world.db.set_meta("offset", str(offset_for(target)))
    print(f"it was {moment(now)} in the sandbox, it is {moment(target)}")
    return 0


# --- faults ---


def fault_add(layout: Layout, given: argparse.Namespace) -> int:
    known = {operation.id for operation in contract.operations()}
    if given.operation != "*" and given.operation not in known:
        raise UserError(f"{given.operation} is no operation. They are: * {' '.join(sorted(known))}", 2)
    if any(value is not None and value < low for value, low in ((given.times, 1), (given.delay, 0), (given.retry_after, 0))):
        raise UserError("--times begins at 1, --delay and --retry-after at 0.", 2)
    fault = faults.Fault(0, given.operation, given.face, given.kind, given.times, given.delay, given.retry_after)
    with open_world(layout) as world:
        number = faults.add(world.db, fault)
    print(f"fault {number} added: {_describe(fault)}")
    return 0


def fault_clear(layout: Layout, given: argparse.Namespace) -> int:
    with open_world(layout) as world:
        print(f"{faults.clear(world.db)} fault(s) removed")
    return 0


def fault_list(layout: Layout, given: argparse.Namespace) -> int:
    with open_world(layout) as world:
        for fault in faults.listed(world.db):
            print(f"{fault.id}: {_describe(fault)}")
    return 0


def _describe(fault: faults.Fault) -> str:
    times = "until cleared" if fault.times is None else f"{fault.times} time(s)"
    return f"{fault.kind} on {fault.operation} ({fault.face or 'all faces'}), {times}"


# --- looking ---


def log(layout: Layout, given: argparse.Namespace) -> int:
    wanted = {"class": given.operation_class, "who": given.who, "operation": given.operation}
    entries = list(request_log.read(layout.requests, **wanted))
    if given.count:
        print(len(entries))
        return 0
    for entry in entries:
        if given.json:
            print(json.dumps(entry, ensure_ascii=False))
        else:
            rule = f" ({entry['rule']})" if entry["rule"] else ""
            print(
                f"{entry['at']} {entry['class']:7} {entry['status'] or '---'} {entry['operation']} {entry['siret'] or '-'} by {entry['who']}{rule}"
            )
    return 0


STATUS = """
SELECT s.siret, coalesce(c.nom, p.nom, '?') AS nom, c.etat AS compte, coalesce(p.cycle, '-') AS cycle,
 (SELECT etat_convention(decision, debut, fin, :today) FROM convention v WHERE v.siret = s.siret ORDER BY id DESC LIMIT 1) AS convention,
 (SELECT count(*) FROM certificat k WHERE k.siret = s.siret) AS installes,
 (SELECT count(*) FROM certificat k WHERE k.siret = s.siret AND k.etat = 'ACTIF') AS actifs
FROM (SELECT siret FROM compte UNION SELECT siret FROM collectivite UNION SELECT value FROM json_each(:waiting)) s
LEFT JOIN compte c ON c.siret = s.siret LEFT JOIN collectivite p ON p.siret = s.siret ORDER BY s.siret
"""


def status(layout: Layout, given: argparse.Namespace) -> int:
    waiting = set(Counter.named_in(layout.psce_in))
    sirets = json.dumps([named for named in waiting if len(named) == 14])
    with open_world(layout) as world:
        now = world.now()
        rows = world.db.connection.execute(STATUS, {"today": now[:10], "waiting": sirets}).fetchall()
    print(f"Sandbox (ours, not ANTAI): it is {now}, {len(rows)} collectivité(s)")
    table = [("SIRET", "NAME", "ACCOUNT", "CONVENTION", "CERTIFICATES", "WHO ACTS NEXT")]
    for row in rows:
        certificates = f"{row['installes']} ({row['actifs']} active)"
        table.append(
            (row["siret"], row["nom"][:30], row["compte"] or "-", row["convention"] or "-", certificates, _who(row, layout, waiting))
        )
    widths = [max(len(line[column]) for line in table) for column in range(len(table[0]))]
    for line in table:
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())
    return 0


def _who(row: Any, layout: Layout, waiting: set[str]) -> str:
    """The people the sandbox plays, in the order in which they are needed."""
    acts = []
    if row["compte"] == "EN_CONTROLE":
        acts.append("ANTAI: approve or refuse")
    if row["siret"] in waiting or row["siret"][:9] in waiting:
        acts.append("PSCE: issue")
    if row["convention"] == "DEPOSEE":
        acts.append("ANTAI: countersign or refuse")
    elif row["convention"] in (None, "REFUSEE") and not (layout.signed / f"{row['siret']}.pdf").exists():
        acts.append("mayor: sign")
    return "; ".join(acts) or "-"


# --- bulk ---


def seed(layout: Layout, given: argparse.Namespace) -> int:
    entries = list(_entries(given.file))
    with open_world(layout, create=True) as world, world.db.transaction():
        for siret, entry in entries:
            seeding.collectivite(world, siret, entry)
    print(f"{len(entries)} collectivité(s) seeded")
    return 0


def _entries(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    check = policy.collectivite_checker()
    try:
        stream = path.open(encoding="utf-8")
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}", 2) from error
    with stream:
        for number, line in enumerate(stream, 1):
            try:
                entry = json.loads(line)
                siret = entry.pop("siret")
            except (ValueError, KeyError, AttributeError, TypeError) as error:
                raise UserError(f"{path}, line {number}: a JSON object with a siret is needed", 2) from error
            if problems := check(siret, entry):
                raise UserError(f"{path}, line {number}: {'; '.join(problems)}", 2)
            yield siret, entry
