# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line: `python -m sandbox ...`."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from sandbox import commands, psce_commands
from sandbox.defects import KINDS as DEFECTS
from sandbox.errors import UserError
from sandbox.faults import KINDS as FAULTS
from sandbox.psce_register import REASONS
from sandbox.state_paths import StatePaths

EPILOG = (
    "This program is ours (collection collectivites.antai). It is not ANTAI's, speaks to nobody outside this machine, "
    "and nothing it makes has legal value."
)


def main(arguments: list[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    try:
        code: int = options.command(StatePaths(Path(options.state)), options)
    except UserError as error:
        print(f"sandbox: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # The reader (head, less) has left: nothing to complain of.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return code


def _serve(paths: StatePaths, options: argparse.Namespace) -> int:
    # Only these two need the web server; `sandbox status` starts without it.
    from sandbox.policy import load_policy
    from sandbox.server import serve

    ports = {"portal": options.portal_port, "sifps": options.sifps_port, "psce": options.psce_port, "psce-http": options.psce_http_port}
    serve(paths, load_policy(options.policy), ports, options.until_stdin_closes)
    return 0


def _run(paths: StatePaths, options: argparse.Namespace) -> int:
    from sandbox.run_command import run

    words = options.words[1:] if options.words[:1] == ["--"] else options.words
    if not words:
        raise UserError("`run` needs a command after `--`.", 2)
    return run(paths, options.policy, words)


def _parser() -> argparse.ArgumentParser:
    state = argparse.ArgumentParser(add_help=False)
    state.add_argument(
        "--state",
        metavar="DIR",
        default=os.environ.get("SANDBOX_STATE", ".sandbox"),
        help="state directory (default: $SANDBOX_STATE, else .sandbox)",
    )
    parser = argparse.ArgumentParser(
        prog="python -m sandbox", description="A stand-in for ANTAI's portal, its SI FPS and a PSCE.", epilog=EPILOG
    )
    subcommands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, text: str, function: object, siret: bool = False) -> argparse.ArgumentParser:
        sub = subcommands.add_parser(name, help=text, description=text, epilog=EPILOG, parents=[state])
        sub.set_defaults(command=function)
        if siret:
            sub.add_argument("siret", metavar="SIRET")
        return sub

    _add_server(command)
    command("approve", "ANTAI accepts the account request of a collectivité", commands.approve, siret=True)
    refuse = command(
        "refuse", "ANTAI refuses the account request under control, else the convention that waits", commands.refuse, siret=True
    )
    refuse.add_argument("--reason", required=True, metavar="TEXT", help="shown to the collectivité (motif)")
    command("sign", "the mayor signs: lays signed/<siret>.pdf, a signed copy of the blank convention", commands.sign, siret=True)
    command("activate", "the collectivité's agent activates its certificates in the space", commands.activate, siret=True)
    command("countersign", "ANTAI countersigns the convention that waits", commands.countersign, siret=True)
    command("issue", "the PSCE issues certificates for the CSRs of a collectivité in its drop folder", commands.issue, siret=True)
    _add_revoke(command)
    _add_clock(command)
    command("status", "every collectivité, its states, and which person has to act", commands.status)
    seed = command("seed", "put many collectivités into the state, one JSON object per line (policy entry plus siret)", commands.seed)
    seed.add_argument("--file", required=True, type=Path, metavar="FILE.jsonl")
    _add_log(command)
    _add_fault(subcommands, state)
    _add_defect(subcommands, state)
    return parser


def _add_server(command: commands.AddCommand) -> None:
    serve = command("serve", "serve the portal, the SI FPS and the PSCE until SIGTERM or Ctrl-C", _serve)
    serve.add_argument("--policy", type=Path, metavar="FILE", help="who exists and what people do by themselves (default: a small demo)")
    serve.add_argument("--portal-port", type=int, default=0, metavar="N", help="0: any free port (default)")
    serve.add_argument("--sifps-port", type=int, default=0, metavar="N", help="0: any free port (default)")
    default_port = "0: the one of the last time, else any free port (default)"
    serve.add_argument("--psce-port", type=int, default=0, metavar="N", help=f"EST; {default_port}")
    serve.add_argument(
        "--psce-http-port", type=int, default=0, metavar="N", help=f"CRL and OCSP, in every certificate's URLs; {default_port}"
    )
    serve.add_argument(
        "--until-stdin-closes", action="store_true", help="stop also when standard input ends, so as not to outlive who started it"
    )
    run = command("run", "serve while COMMAND runs, then stop; exits with COMMAND's code", _run)
    run.add_argument("--policy", type=Path, metavar="FILE")
    run.add_argument("words", nargs=argparse.REMAINDER, metavar="-- COMMAND ...", help="sees SANDBOX_STATE and SANDBOX_ENDPOINTS")


def _add_revoke(command: commands.AddCommand) -> None:
    revoke = command("revoke", "the PSCE revokes a certificate, or every one of a SIRET", psce_commands.revoke)
    revoke.add_argument("who", metavar="FINGERPRINT|SIRET", help="SHA-256 of the certificate, or the SIRET it names")
    revoke.add_argument("--reason", choices=REASONS, default="unspecified", help="(default: unspecified)")
    revoke.add_argument("--at", metavar="DATE", help="from when on (default: now); 2027-01-01 or 2027-01-01T12:00:00Z")


def _add_clock(command: commands.AddCommand) -> None:
    tick = command("tick", "move the sandbox's clock", commands.tick)
    how = tick.add_mutually_exclusive_group(required=True)
    for unit in ("days", "hours", "seconds"):
        how.add_argument(f"--{unit}", type=float, metavar="N")
    how.add_argument("--to", metavar="DATE", help="2027-01-01 or 2027-01-01T12:00:00Z")
    tick.add_argument("--back", action="store_true", help="allow going back in time")


def _add_log(command: commands.AddCommand) -> None:
    log = command("log", "what was asked of the server", commands.log)
    log.add_argument("--class", dest="operation_class", choices=("read", "write", "session"))
    log.add_argument("--who", metavar="LOGIN_OR_FINGERPRINT")
    log.add_argument("--operation", metavar="NAME", help="an operationId of openapi.yaml")
    log.add_argument("--count", action="store_true", help="only how many")
    log.add_argument("--json", action="store_true", help="the lines as they are")


def _add_fault(subcommands: argparse._SubParsersAction[argparse.ArgumentParser], state: argparse.ArgumentParser) -> None:
    text = "make things go wrong between client and server"
    actions = subcommands.add_parser("fault", help=text, description=text, epilog=EPILOG).add_subparsers(required=True, metavar="ACTION")
    add = actions.add_parser("add", help="add a fault", epilog=EPILOG, parents=[state])
    add.add_argument("--operation", required=True, metavar="NAME", help="an operationId of openapi.yaml, or *")
    add.add_argument("--face", choices=("portal", "sifps", "psce"))
    add.add_argument("--kind", required=True, choices=FAULTS)
    add.add_argument("--times", type=int, metavar="N", help="how many requests (default: until cleared)")
    add.add_argument("--delay", type=float, metavar="SECONDS", help="of a latency (default: 1)")
    add.add_argument("--retry-after", type=int, metavar="S", help="of a 429 or 503 (default: no such header)")
    add.set_defaults(command=commands.fault_add)
    for name, function, help_text in (
        ("clear", commands.fault_clear, "remove all faults"),
        ("list", commands.fault_list, "show the faults"),
    ):
        actions.add_parser(name, help=help_text, epilog=EPILOG, parents=[state]).set_defaults(command=function)


def _add_defect(subcommands: argparse._SubParsersAction[argparse.ArgumentParser], state: argparse.ArgumentParser) -> None:
    text = "make the PSCE get its CRL, its OCSP answers or its certificates wrong"
    actions = subcommands.add_parser("defect", help=text, description=text, epilog=EPILOG).add_subparsers(required=True, metavar="ACTION")
    add = actions.add_parser("add", help="add a defect", epilog=EPILOG, parents=[state])
    add.add_argument("--kind", required=True, choices=DEFECTS)
    add.add_argument("--siret", metavar="SIRET", help="only in this one's certificates (default: in all)")
    add.add_argument("--times", type=int, metavar="N", help="how many answers or certificates (default: until cleared)")
    add.set_defaults(command=psce_commands.defect_add)
    other_actions = (("clear", psce_commands.defect_clear, "remove all defects"), ("list", psce_commands.defect_list, "show the defects"))
    for name, function, help_text in other_actions:
        actions.add_parser(name, help=help_text, epilog=EPILOG, parents=[state]).set_defaults(command=function)
