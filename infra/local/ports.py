"""Loopback ports: free ones, remembered ones, and who holds a taken one."""

from __future__ import annotations

import json
import socket
from pathlib import Path

LOOPBACK = "127.0.0.1"
LISTEN_STATE = "0A"  # TCP_LISTEN in /proc/net/tcp, see linux/include/net/tcp_states.h


def free_port() -> int:
    """Return a loopback port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port


def is_free(port: int) -> bool:
    """Tell whether a server could listen on a loopback port now.

    Args:
        port: TCP port.

    Returns:
        True when binding works.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


class PortBook:
    """Ports remembered across starts in a JSON file, so that bookmarks and connection strings stay valid."""

    def __init__(self, path: Path) -> None:
        """Open the book.

        Args:
            path: The JSON file; made at the first write.
        """
        self._path = path
        self._ports: dict[str, int] = json.loads(path.read_text()) if path.exists() else {}

    def port(self, name: str) -> int:
        """Return the remembered port of a part while it is free, or else a new one, and remember that.

        Args:
            name: The part's name.

        Returns:
            A port that is free now and differs from every other part's.
        """
        known = self._ports.get(name)
        if known is None or not is_free(known):
            known = next(port for port in iter(free_port, None) if port not in self._ports.values())
            self._ports[name] = known
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._path.write_text(json.dumps(self._ports, indent=2))
        return known


def listening_sockets(pid: int) -> list[tuple[str, int]]:
    """List the TCP sockets a process listens on (Linux; empty elsewhere).

    Args:
        pid: Process id.

    Returns:
        Pairs of numeric address and port.
    """
    inodes = _socket_inodes(pid)
    found: list[tuple[str, int]] = []
    for table, family in (("tcp", socket.AF_INET), ("tcp6", socket.AF_INET6)):
        source = Path(f"/proc/{pid}/net/{table}")
        for line in source.read_text().splitlines()[1:] if source.exists() else []:
            fields = line.split()
            if fields[3] == LISTEN_STATE and fields[9] in inodes:
                address, port = fields[1].split(":")
                found.append((_readable(address, family), int(port, 16)))
    return found


def holder(port: int) -> str | None:
    """Name the process that listens on a port (Linux, own processes or as root; else None).

    Args:
        port: TCP port.

    Returns:
        For example ``"python (pid 4711)"``.
    """
    for entry in Path("/proc").glob("[0-9]*"):
        pid = int(entry.name)
        try:
            if any(number == port for _, number in listening_sockets(pid)):
                return f"{(entry / 'comm').read_text().strip()} (pid {pid})"
        except OSError:
            continue
    return None


def _socket_inodes(pid: int) -> set[str]:
    """Collect the inodes of a process's sockets; empty when it may not be read."""
    inodes: set[str] = set()
    try:
        for link in Path(f"/proc/{pid}/fd").iterdir():
            target = str(link.readlink())
            if target.startswith("socket:["):
                inodes.add(target[8:-1])
    except OSError:
        return inodes
    return inodes


def _readable(hexadecimal: str, family: socket.AddressFamily) -> str:
    """Turn the kernel's little-endian words of an address into its usual notation."""
    raw = bytes.fromhex(hexadecimal)
    words = (raw[start : start + 4][::-1] for start in range(0, len(raw), 4))
    return socket.inet_ntop(family, b"".join(words))
