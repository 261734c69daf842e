# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files that a user names: regular files of bounded size, so that a device, a pipe or a disk image harms nobody."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

# Ours: what a user names (keys, certificates, CRLs, profiles, lists of communes) is far smaller.
MOST_BYTES = 64 * 1024 * 1024


def read_regular(path: str | Path, most: int = MOST_BYTES) -> bytes:
    """The bytes of a regular file. Raises OSError, also where it is a device, a pipe or a folder, or has more than `most` bytes."""
    content = read_beginning(path, most + 1)
    if len(content) > most:
        raise OSError(errno.EFBIG, f"has more than {most} bytes", str(path))
    return content


def read_beginning(path: str | Path, most: int) -> bytes:
    """The first bytes of a regular file. Raises OSError, also where it is none."""
    try:
        # O_NONBLOCK: to open a pipe would wait for its writer.
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except ValueError as error:  # NUL in the path
        raise OSError(errno.EINVAL, "is no path", str(path)) from error
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, "is no regular file", str(path))
        return file.read(most)
