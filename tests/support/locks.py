"""A process without file locks, as on some network file systems. The Linux kernel itself refuses them."""

import ctypes
import os
import struct

_FCNTL = {"x86_64": 72, "aarch64": 25}  # the number of the system call
_PR_SET_SECCOMP, _PR_SET_NO_NEW_PRIVS, _SECCOMP_MODE_FILTER = 22, 38, 2
_LOAD, _EQUAL, _GREATER, _AT_LEAST, _RETURN = 0x20, 0x15, 0x25, 0x35, 0x06  # instructions of the filter
_NUMBER, _COMMAND = 0, 24  # where the filter finds the system call's number and fcntl's command, in bytes
_F_GETLK, _F_SETLKW = 5, 7  # the first and the last command that is about locks
_ALLOW, _ERRNO = 0x7FFF0000, 0x00050000  # answers of the filter


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))


def refuse_locks(error: int) -> None:
    """Let every lock of this process fail from now on, with this ``errno``; see seccomp(2)."""
    instructions = (
        (_LOAD, 0, 0, _NUMBER),
        (_EQUAL, 0, 3, _FCNTL[os.uname().machine]),
        (_LOAD, 0, 0, _COMMAND),
        (_GREATER, 1, 0, _F_SETLKW),
        (_AT_LEAST, 1, 0, _F_GETLK),
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _ERRNO | error),
    )
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *each) for each in instructions))
    program = _Program(len(instructions), ctypes.cast(code, ctypes.c_void_p))
    libc = ctypes.CDLL(None, use_errno=True)
    for arguments in (
        (_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0),
        (_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.byref(program), 0, 0),
    ):
        if libc.prctl(*arguments) != 0:
            raise OSError(ctypes.get_errno(), "the filter was not accepted")
