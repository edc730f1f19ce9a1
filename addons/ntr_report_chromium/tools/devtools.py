"""The DevTools protocol over a pair of pipes: JSON messages that end with NUL."""

import json
import os
import select
import time

_CHUNK = 1 << 20


class ChromiumError(Exception):
    """Chromium did not start, broke or refused a command."""


class ChromiumTimeout(ChromiumError):
    """Chromium did not answer in time."""


class Connection:
    """Sends commands, waits for their results, hands events to ``on_event``.

    :param reader: file descriptor to read messages from
    :param writer: file descriptor to write messages to
    :param on_event: called with ``(method, params)``
    """

    def __init__(self, reader, writer, on_event):
        self._reader = reader
        self._writer = writer
        self._on_event = on_event
        self._buffer = bytearray()
        self._last_id = 0
        self._results = {}
        self._awaited = set()
        self._deadline = 0.0
        os.set_blocking(writer, False)

    def allow(self, seconds):
        """Start a new period within which all answers have to arrive."""
        self._deadline = time.monotonic() + seconds

    def command(self, method, session=None, **parameters):
        """Send a command, return its result."""
        command_id = self.send(method, session, **parameters)
        self._awaited.add(command_id)
        self.wait(lambda: command_id in self._results)
        message = self._results.pop(command_id)
        if "error" in message:
            raise ChromiumError(f"{method}: {message['error'].get('message')}")
        return message["result"]

    def send(self, method, session=None, **parameters):
        """Send a command without waiting for its result, return its number."""
        self._last_id += 1
        message = {"id": self._last_id, "method": method, "params": parameters}
        if session:
            message["sessionId"] = session
        self._write(json.dumps(message).encode() + b"\0")
        return self._last_id

    def wait(self, is_done):
        """Handle messages until ``is_done()``."""
        while not is_done():
            self._dispatch(json.loads(self._read()))

    def _dispatch(self, message):
        command_id = message.get("id")
        if command_id is None:
            self._on_event(message["method"], message.get("params", {}))
        elif command_id in self._awaited:
            self._awaited.discard(command_id)
            self._results[command_id] = message

    def _read(self):
        searched = 0
        while (end := self._buffer.find(b"\0", searched)) < 0:
            searched = len(self._buffer)
            self._select([self._reader], [])
            chunk = os.read(self._reader, _CHUNK)
            if not chunk:
                raise ChromiumError("Chromium ended unexpectedly.")
            self._buffer += chunk
        message = bytes(self._buffer[:end])
        del self._buffer[: end + 1]
        return message

    def _write(self, data):
        view = memoryview(data)
        while view:
            self._select([], [self._writer])
            try:
                view = view[os.write(self._writer, view) :]
            except BlockingIOError:
                continue
            except BrokenPipeError:
                raise ChromiumError("Chromium ended unexpectedly.") from None

    def _select(self, readers, writers):
        remaining = max(self._deadline - time.monotonic(), 0)
        if not any(select.select(readers, writers, [], remaining)):
            raise ChromiumTimeout("Chromium did not answer in time.")
