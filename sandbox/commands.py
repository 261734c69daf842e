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
from sandbox.psce_desk import PsceDesk
from sandbox.sandbox_state import SandboxState
from sandbox.state_paths import StatePaths


class AddCommand(Protocol):
    def __call__(self, name: str, text: str, function: object, siret: bool = False) -> argparse.ArgumentParser: ...


@contextmanager
def open_sandbox(paths: StatePaths, create: bool = False) -> Iterator[SandboxState]:
    if not create and not paths.database.exists():
        raise UserError(f"There is no sandbox state in {paths.root}. Start `python -m sandbox serve` once, or give --state.")
    sandbox = SandboxState.open(paths)
    try:
        yield sandbox
    finally:
        sandbox.close()


def checked_siret(siret: str) -> str:
    if not siret_number.is_valid(siret) or len(siret) != 14:
        raise UserError(f"{siret} is no SIRET: 14 digits with a right key are needed.")
    return siret


# --- people ---


def _act(paths: StatePaths, options: argparse.Namespace, action: Callable[[SandboxState, str], str]) -> int:
    siret = checked_siret(options.siret)
    with open_sandbox(paths) as sandbox:
        with sandbox.db.transaction():
            text = action(sandbox, siret)
        print(text)
    return 0


def approve(paths: StatePaths, options: argparse.Namespace) -> int:
    return _act(paths, options, people.accept_request)


def refuse(paths: StatePaths, options: argparse.Namespace) -> int:
    return _act(paths, options, lambda sandbox, siret: people.refuse(sandbox, siret, options.reason))


def countersign(paths: StatePaths, options: argparse.Namespace) -> int:
    return _act(paths, options, people.countersign)


def sign(paths: StatePaths, options: argparse.Namespace) -> int:
    return _act(paths, options, people.sign)


def activate(paths: StatePaths, options: argparse.Namespace) -> int:
    return _act(paths, options, people.activate)


def issue(paths: StatePaths, options: argparse.Namespace) -> int:
    siret = checked_siret(options.siret)
    with open_sandbox(paths, create=True) as sandbox:
        psce.ensure_ca(paths, sandbox.clock.now())
        outcomes = PsceDesk(sandbox).serve(lambda named: rules.names_siret(named, siret))
    if not outcomes:
        raise UserError(f"No CSR of {siret} waits in {paths.psce_in}. Drop one there (<name>.csr, in PEM).")
    for outcome in outcomes:
        print(f"certificate issued: {outcome.issued}" if outcome.issued else f"{outcome.name} refused: {outcome.reason}")
    return 0 if any(outcome.issued for outcome in outcomes) else 1


# --- clock ---


def tick(paths: StatePaths, options: argparse.Namespace) -> int:
    with open_sandbox(paths) as sandbox, sandbox.db.transaction():
        now = sandbox.clock.now()
        try:
            target = parse_moment(options.to) if options.to else shift(now, options.days or 0, options.hours or 0, options.seconds or 0)
        except (ValueError, OverflowError) as error:
            raise UserError(f"This moment cannot be understood: {error}. Write 2027-01-01 or 2027-01-01T12:00:00Z.") from error
        if not EARLIEST <= target <= LATEST:
            raise UserError(f"The clock moves between {EARLIEST:%Y-%m-%d} and {LATEST:%Y-%m-%d} only.")
        if target < now and not options.back:
            raise UserError(f"It is {moment(now)} in the sandbox: going back needs --back.")
        sandbox.db.set_meta("offset", str(offset_for(target)))
    print(f"it was {moment(now)} in the sandbox, it is {moment(target)}")
    return 0


# --- faults ---


def fault_add(paths: StatePaths, options: argparse.Namespace) -> int:
    operation_names = {operation.id for operation in contract.operations()}
    if options.operation != "*" and options.operation not in operation_names:
        raise UserError(f"{options.operation} is no operation. They are: * {' '.join(sorted(operation_names))}", 2)
    if any(value is not None and value < low for value, low in ((options.times, 1), (options.delay, 0), (options.retry_after, 0))):
        raise UserError("--times begins at 1, --delay and --retry-after at 0.", 2)
    fault = faults.InjectedFault(0, options.operation, options.face, options.kind, options.times, options.delay, options.retry_after)
    with open_sandbox(paths) as sandbox:
        number = faults.add(sandbox.db, fault)
    print(f"fault {number} added: {_describe(fault)}")
    return 0


def fault_clear(paths: StatePaths, options: argparse.Namespace) -> int:
    with open_sandbox(paths) as sandbox:
        print(f"{faults.clear(sandbox.db)} fault(s) removed")
    return 0


def fault_list(paths: StatePaths, options: argparse.Namespace) -> int:
    with open_sandbox(paths) as sandbox:
        for fault in faults.listed(sandbox.db):
            print(f"{fault.id}: {_describe(fault)}")
    return 0


def _describe(fault: faults.InjectedFault) -> str:
    times = "until cleared" if fault.times is None else f"{fault.times} time(s)"
    return f"{fault.kind} on {fault.operation} ({fault.face or 'all faces'}), {times}"


# --- looking ---


def log(paths: StatePaths, options: argparse.Namespace) -> int:
    filters = {"class": options.operation_class, "who": options.who, "operation": options.operation}
    entries = list(request_log.read(paths.requests, **filters))
    if options.count:
        print(len(entries))
        return 0
    for entry in entries:
        if options.json:
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


def status(paths: StatePaths, options: argparse.Namespace) -> int:
    waiting = set(PsceDesk.named_in(paths.psce_in))
    sirets = json.dumps([named for named in waiting if len(named) == 14])
    with open_sandbox(paths) as sandbox:
        now = sandbox.now()
        rows = sandbox.db.connection.execute(STATUS, {"today": now[:10], "waiting": sirets}).fetchall()
    print(f"Sandbox (ours, not ANTAI): it is {now}, {len(rows)} collectivité(s)")
    table = [("SIRET", "NAME", "ACCOUNT", "CONVENTION", "CERTIFICATES", "WHO ACTS NEXT")]
    for row in rows:
        certificates = f"{row['installes']} ({row['actifs']} active)"
        table.append(
            (row["siret"], row["nom"][:30], row["compte"] or "-", row["convention"] or "-", certificates, _who(row, paths, waiting))
        )
    widths = [max(len(line[column]) for line in table) for column in range(len(table[0]))]
    for line in table:
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())
    return 0


def _who(row: Any, paths: StatePaths, waiting: set[str]) -> str:
    """The people the sandbox plays, in the order in which they are needed."""
    acts = []
    if row["compte"] == "EN_CONTROLE":
        acts.append("ANTAI: approve or refuse")
    if row["siret"] in waiting or row["siret"][:9] in waiting:
        acts.append("PSCE: issue")
    if row["convention"] == "DEPOSEE":
        acts.append("ANTAI: countersign or refuse")
    elif row["convention"] in (None, "REFUSEE") and not (paths.signed / f"{row['siret']}.pdf").exists():
        acts.append("mayor: sign")
    return "; ".join(acts) or "-"


# --- bulk ---


def seed(paths: StatePaths, options: argparse.Namespace) -> int:
    entries = list(_entries(options.file))
    with open_sandbox(paths, create=True) as sandbox, sandbox.db.transaction():
        for siret, entry in entries:
            seeding.collectivite(sandbox, siret, entry)
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
