"""A process whose system calls fail from some moment on: the kernel answers them with an error (seccomp filters)."""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import struct
from collections.abc import Sequence
from pathlib import Path

_ARCH = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}.get(platform.machine(), 0)
_SECCOMP = {"x86_64": 317, "aarch64": 277}.get(platform.machine(), 0)
_NUMBERS = {
    "x86_64": {"fsync": 74, "fdatasync": 75, "write": 1, "pwrite64": 18, "writev": 20, "ftruncate": 77,
               "fallocate": 285, "sendfile": 40, "copy_file_range": 326},
    "aarch64": {"fsync": 82, "fdatasync": 83, "write": 64, "pwrite64": 68, "writev": 66, "ftruncate": 46,
                "fallocate": 47, "sendfile": 71, "copy_file_range": 285},
}.get(platform.machine(), {})  # fmt: skip
# The calls that fail, and how.
FAILURES = {
    "fsync": (("fsync", "fdatasync"), errno.EIO),
    "write": (("write", "pwrite64", "writev", "ftruncate", "fallocate", "sendfile", "copy_file_range"), errno.ENOSPC),
}
_LOAD, _EQUAL, _RETURN = 0x20, 0x15, 0x06
_ALLOW, _ERROR = 0x7FFF0000, 0x00050000
_NR, _ARCH_AT, _FIRST_ARGUMENT = 0, 4, 16
_NO_NEW_PRIVILEGES, _SET_FILTER, _ALL_THREADS = 38, 1, 1


def missing() -> str:
    """Why no filter can be had here; empty if it can."""
    if not _NUMBERS:
        return f"no numbers of system calls for {platform.machine()}"
    actions = Path("/proc/sys/kernel/seccomp/actions_avail")
    return "" if actions.exists() and "errno" in actions.read_text() else "the kernel has no seccomp filters"


def fail(failure: str, spared: Sequence[int]) -> None:
    """From now on the calls of ``failure`` fail in all threads, but for the descriptors ``spared``. For good."""
    calls, code = FAILURES[failure]
    program = _program([_NUMBERS[call] for call in calls], code, spared)
    data = ctypes.create_string_buffer(program, len(program))

    class Program(ctypes.Structure):
        _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))

    libc = ctypes.CDLL(None, use_errno=True)
    given = Program(len(program) // 8, ctypes.addressof(data))
    if libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0) or libc.syscall(
        _SECCOMP, _SET_FILTER, _ALL_THREADS, ctypes.byref(given)
    ):
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def _program(numbers: Sequence[int], code: int, spared: Sequence[int]) -> bytes:
    """In the kernel's small machine: is it one of ``numbers``, and not on one of the descriptors ``spared``?"""
    rows = [(_LOAD, 0, 0, _ARCH_AT), (_EQUAL, 1, 0, _ARCH), (_RETURN, 0, 0, _ALLOW), (_LOAD, 0, 0, _NR)]
    rows += [(_EQUAL, len(numbers) - at, 0, number) for at, number in enumerate(numbers)]
    rows += [(_RETURN, 0, 0, _ALLOW), (_LOAD, 0, 0, _FIRST_ARGUMENT)]
    rows += [(_EQUAL, len(spared) - at, 0, descriptor) for at, descriptor in enumerate(spared)]
    rows += [(_RETURN, 0, 0, _ERROR | code), (_RETURN, 0, 0, _ALLOW)]
    return b"".join(struct.pack("<HBBI", *row) for row in rows)
