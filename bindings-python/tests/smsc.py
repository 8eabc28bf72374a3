"""An SMSC of one connection, in a thread of this process: it needs the interpreter's lock for every answer it gives.

It takes every bind and every message, and knows no rule of SMPP beyond that. It ends when the client does, or when `stop` is called.
"""

from __future__ import annotations

import itertools
import queue
import socket
import struct
import threading

LOCALHOST = "127.0.0.1"
HEADER = struct.Struct(">IIII")
RESPONSE = 0x8000_0000
SUBMIT_SM, DELIVER_SM, UNBIND, ENQUIRE_LINK = 0x04, 0x05, 0x06, 0x15
BINDS = (0x01, 0x02, 0x09)


class Smsc:
    """Listens on a port of its own from its beginning."""

    def __init__(self) -> None:
        self.listener = socket.create_server((LOCALHOST, 0))
        self.port: int = self.listener.getsockname()[1]
        self.bound = threading.Event()
        """The client knows that it is bound: it has answered what came after the answer to its bind."""
        self.seen: list[int] = []
        """The commands that came, in their order."""
        self.inbound: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        """Messages to deliver as soon as the client asks or answers anything."""
        self.connection: socket.socket | None = None
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()

    def serve(self) -> None:
        """Answers one client until it goes."""
        try:
            self.connection, _ = self.listener.accept()
        except OSError:
            return
        numbers = itertools.count(1)
        with self.connection as client, client.makefile("rb") as stream:
            while head := stream.read(HEADER.size):
                length, command, _, sequence = HEADER.unpack(head)
                stream.read(length - HEADER.size)
                self.seen.append(command)
                if command == ENQUIRE_LINK | RESPONSE:
                    self.bound.set()
                if command & RESPONSE:
                    continue
                name = b"smsc\0" if command in BINDS else b"%d\0" % next(numbers) if command == SUBMIT_SM else b""
                answer = HEADER.pack(HEADER.size + len(name), command | RESPONSE, 0, sequence) + name
                if command in BINDS:
                    answer += HEADER.pack(HEADER.size, ENQUIRE_LINK, 0, 1)
                client.sendall(answer)
                if command == UNBIND:
                    return

    def deliver(self, sender: str, to: str, text: str) -> None:
        """Sends an incoming message of ASCII characters to the client that is bound."""
        assert self.connection is not None
        body = text.encode("ascii")
        addresses = b"".join(b"\1\1" + number.lstrip("+").encode() + b"\0" for number in (sender, to))
        # service type; the addresses; class, protocol, priority, two times, two flags, coding, default message
        pdu = b"\0" + addresses + bytes(9) + struct.pack("B", len(body)) + body
        self.connection.sendall(HEADER.pack(HEADER.size + len(pdu), DELIVER_SM, 0, 1) + pdu)

    def stop(self) -> None:
        """Ends it, whatever the client does."""
        self.listener.close()
        if self.connection is not None:
            try:
                self.connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
        self.thread.join(10)
        assert not self.thread.is_alive()
