"""Receives delivery reports and answers over HTTP, and sends what is due: a small service around one store.

    python3 receiver.py --store sqlite:reminders.db --port 8080

    GET  /smsapi?…          SMSAPI's callbacks, both kinds: set http://this.host/smsapi?secret=… as their address there
    POST /report            another gateway's report: JSON as schemas/delivery_report.json
    POST /sms               another gateway's incoming message: JSON as schemas/sms_received.json

Who calls is checked by a secret in the query (RECEIVER_SECRET). A caller is answered 200 only when the engine has stored what it said, so what is lost
on the way comes again. Texts and numbers are never printed. Ctrl-C or SIGTERM ends it.
"""

from __future__ import annotations

import argparse
import hmac
import json
import os
import signal
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

import depesza
from depesza.model import DeliveryReport, OutcomeUnmatched, RoutedTo, SmsReceived

MAX_BODY = 64 * 1024
# how long to wait when there was nothing to do
PAUSE_S = 1.0


class Service(ThreadingHTTPServer):
    """The web server with its engine."""

    def __init__(self, port: int, engine: depesza.Engine, secret: str) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.engine = engine
        self.secret = secret
        self.ending = threading.Event()

    def send_what_is_due(self) -> None:
        """Works and dispatches until the end, on a thread of its own."""
        while not self.ending.is_set():
            try:
                worked = self.engine.work()
                sent = self.engine.dispatch()
                self.engine.receive(wait_s=0)
            except depesza.StoreError as error:
                print(f"the store: {error.code}", file=sys.stderr)
            else:
                if worked.more or sent.submitted:
                    continue
            self.ending.wait(PAUSE_S)

    def told(self, path: str, query: dict[str, list[str]], body: bytes) -> bool:
        """Tells the engine; whether a practice took it as its own."""
        if path == "/smsapi":
            form = body.decode() or urlencode(query, doseq=True)
            return self.engine.callback("smsapi", form).unrouted == 0
        document = json.loads(body)
        if path == "/report":
            routed = self.engine.delivery_report(DeliveryReport.from_wire(document))
        else:
            routed = self.engine.sms_received(SmsReceived.from_wire(document))
        return isinstance(routed, RoutedTo) and not isinstance(routed.outcome, OutcomeUnmatched)


class Handler(BaseHTTPRequestHandler):
    """One request. It answers `OK` when the engine has it."""

    timeout = 10

    def do_GET(self) -> None:
        self._answer(b"")

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        if length > MAX_BODY:
            return self._say(413, "too long")
        self._answer(self.rfile.read(length))

    def _service(self) -> Service:
        assert isinstance(self.server, Service)
        return self.server

    def _answer(self, body: bytes) -> None:
        where = urlsplit(self.path)
        query = parse_qs(where.query)
        (secret,) = query.pop("secret", [""])[:1]
        if not hmac.compare_digest(secret.encode(), self._service().secret.encode()):
            return self._say(403, "forbidden")
        if where.path not in ("/smsapi", "/report", "/sms"):
            return self._say(404, "not found")
        try:
            known = self._service().told(where.path, query, body)
        except depesza.BadArgumentsError as error:
            return self._say(400, error.field or error.code)
        except ValueError:
            return self._say(400, "malformed")
        except depesza.EngineError as error:
            return self._say(503, error.code)
        # a report can be faster than the answer to its message: what is not known yet comes again
        self._say(200, "OK" if known else "unrouted")

    def _say(self, status: int, word: str) -> None:
        body = word.encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        # the address of a call holds numbers and texts
        print(f"{self.command} {urlsplit(self.path).path} {code}", file=sys.stderr)


def main() -> None:
    parser = argparse.ArgumentParser(description="receives delivery reports and answers")
    parser.add_argument("--store", default="memory:", help="the store's URL")
    parser.add_argument("--port", type=int, default=8080, help="0 for a free one")
    options = parser.parse_args()
    secret = os.environ.get("RECEIVER_SECRET", "")
    if len(secret) < 16:
        parser.error("RECEIVER_SECRET: expected at least 16 characters")
    gateway = depesza.Smsapi(token=os.environ.get("SMSAPI_TOKEN", "none"))
    engine = depesza.Engine.open(options.store, gateways={"smsapi": gateway})
    service = Service(options.port, engine, secret)
    worker = threading.Thread(target=service.send_what_is_due)
    worker.start()
    # `shutdown` waits for the loop to end, so not on the thread that runs it
    for ends in (signal.SIGINT, signal.SIGTERM):
        signal.signal(ends, lambda *_: threading.Thread(target=service.shutdown).start())
    print(f"listening on port {service.server_address[1]}", flush=True)
    service.serve_forever()
    service.ending.set()
    worker.join()


if __name__ == "__main__":
    main()
