# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The certificate and key that we present for mutual TLS: as files, or in memory only."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

from ..errors import InvalidInput


@dataclass(frozen=True)
class ClientCertificate:
    """For mutual TLS: paths of a PEM certificate (its chain may follow) and of its unencrypted PEM private key."""

    certificate: str
    key: str

    @contextmanager
    def files(self) -> Iterator[tuple[str, str]]:
        """Paths that are good as long as the context is open."""
        yield self.certificate, self.key


@dataclass(frozen=True)
class ClientCertificateInMemory(ClientCertificate):
    """The same as PEM texts instead of paths: this key never touches the disk. Python's TLS takes paths only, so both lie in anonymous memory."""

    key: str = field(repr=False)

    @contextmanager
    def files(self) -> Iterator[tuple[str, str]]:
        """Raises InvalidInput where the system has no anonymous files."""
        if not hasattr(os, "memfd_create"):
            raise InvalidInput(
                "private_key_content",
                "this system gives TLS no way to a key that is not in a file (memfd_create, of Linux, is missing)",
                "run the task on Linux, or declare unencrypted PEM files (certificate and private_key) that only their owner can read",
            )
        with ExitStack() as stack:
            yield _anonymous_file(stack, "certificate", self.certificate), _anonymous_file(stack, "key", self.key)


def _anonymous_file(stack: ExitStack, name: str, text: str) -> str:
    """The path of a file that exists in memory only, until `stack` is closed."""
    file = stack.enter_context(os.fdopen(os.memfd_create(f"antai-{name}"), "w", encoding="ascii"))
    file.write(text)
    file.flush()
    return f"/proc/self/fd/{file.fileno()}"
