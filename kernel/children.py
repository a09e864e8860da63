"""What a child process does about its parent, before anything else.

A child must not outlive a parent that was killed with -9, must not hear the terminal's Ctrl-C, and PostgreSQL must not
run as root. All of that has to be settled inside the child, between fork and exec. A Python `preexec_fn` may deadlock
in a process with threads, so a child starts as this file (standard library only, about 30 ms) and becomes its program:

    python -I -S children.py PARENT_PID DEATH_SIGNAL keep|drop PROGRAM ARGUMENTS...
"""

import ctypes
import os
import pwd
import signal
import sys

PARENT_VARIABLE = "NF_PARENT_PID"

# linux/prctl.h, linux/capability.h
_SET_DEATH_SIGNAL, _KEEP_CAPABILITIES, _AMBIENT, _AMBIENT_RAISE = 1, 8, 47, 2
_CAPABILITY_VERSION_3, _OVERRIDE_FILE_PERMISSIONS = 0x20080522, 1


class OrphanedError(RuntimeError):
    """The parent was gone before the child could ask to die with it."""


def die_with_parent(death_signal: int = signal.SIGKILL) -> None:
    """Ask the kernel to end this process when its launcher dies (Linux; elsewhere the next launcher clears up).

    A worker calls this first. Without NF_PARENT_PID in the environment (a pod, a shell) there is no launcher to follow.
    """
    if parent := os.environ.get(PARENT_VARIABLE):
        follow(int(parent), death_signal)


def follow(parent: int, death_signal: int) -> None:
    if sys.platform == "linux":
        _prctl(_SET_DEATH_SIGNAL, death_signal)
    if os.getppid() != parent:
        raise OrphanedError(f"the parent process {parent} ended before its child {os.getpid()} was ready")


def unprivileged_user() -> pwd.struct_passwd | None:
    """The user a program that refuses root runs as: nobody, if we are root; otherwise we stay who we are."""
    return pwd.getpwnam("nobody") if os.geteuid() == 0 else None


def drop_root() -> None:
    """Become `nobody`, keeping only the capability to pass folders that belong to root (such as /root).

    The alternative, opening every parent folder to everybody, would change what does not belong to us.
    """
    user = unprivileged_user()
    if user is None:
        return
    if sys.platform == "linux":
        _prctl(_KEEP_CAPABILITIES, 1)
    os.setgroups([])
    os.setgid(user.pw_gid)
    os.setuid(user.pw_uid)
    if sys.platform == "linux":
        _keep_file_access()


def _keep_file_access() -> None:
    mask = 1 << _OVERRIDE_FILE_PERMISSIONS
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    sets = (ctypes.c_uint32 * 6)(mask, mask, mask)  # effective, permitted, inheritable; then their upper halves
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.capset(header, sets) == 0:
        libc.prctl(_AMBIENT, _AMBIENT_RAISE, _OVERRIDE_FILE_PERMISSIONS, 0, 0)


def _prctl(option: int, value: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(option, value, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), f"prctl({option}) failed")


def main(arguments: list[str]) -> None:
    parent, death_signal, privileges, *command = arguments
    if privileges == "drop":
        drop_root()  # before follow(): changing the user clears the death signal
    follow(int(parent), int(death_signal))
    if not os.access(command[0], os.X_OK):
        user = pwd.getpwuid(os.geteuid()).pw_name
        sys.exit(f"{command[0]} cannot be run by the user {user}; check the permissions of its folders")
    os.execv(command[0], command)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except (OSError, OrphanedError) as error:
        sys.exit(str(error))
