"""Receives delivery reports and answers over HTTP, and sends what is due: a small service around one store.

    SMSAPI_TOKEN=… RECEIVER_SECRET=… python3 receiver.py --store sqlite:reminders.db --port 8080
    RECEIVER_SECRET=… python3 receiver.py --simulate --port 8080        nothing can be sent: nobody is behind it

    GET  /smsapi?…          SMSAPI's callbacks, both kinds: set http://this.host/smsapi?secret=… as their address there
    POST /report            another gateway's report: JSON as schemas/delivery_report.json
    POST /sms               another gateway's incoming message: JSON as schemas/sms_received.json

Who calls is checked by a secret in the query (RECEIVER_SECRET). A caller is answered 200 only when the engine has stored what it said, so what is lost
on the way, and a report that was faster than the answer to its message, comes again. Texts and numbers are never printed. Ctrl-C or SIGTERM ends it.
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
from urllib.parse import parse_qs, urlencode

import depesza
from depesza.model import DeliveryReport, OutcomeUnmatched, RoutedTo, SmsReceived

MAX_BODY = 64 * 1024
PATHS = ("/smsapi", "/report", "/sms")
# the id of reminders.py: reports find messages by it
GATEWAY = "smsapi"
# an address where nobody is
NOBODY = "http://127.0.0.1:1/"
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
            except Exception as error:
                # what is due is due again; the text of an exception of anybody's may quote a patient
                print(f"sending: {getattr(error, 'code', type(error).__name__)}", file=sys.stderr)
            else:
                if worked.more or sent.submitted:
                    continue
            self.ending.wait(PAUSE_S)

    def told(self, path: str, query: dict[str, list[str]], body: bytes) -> bool:
        """Tells the engine; whether a practice took it as its own."""
        if path == "/smsapi":
            form = body.decode() or urlencode(query, doseq=True)
            return self.engine.callback(GATEWAY, form).unrouted == 0
        document = json.loads(body)
        if path == "/report":
            routed = self.engine.delivery_report(DeliveryReport.from_wire(document))
        else:
            routed = self.engine.sms_received(SmsReceived.from_wire(document))
        return isinstance(routed, RoutedTo) and not isinstance(routed.outcome, OutcomeUnmatched)


    def handle_error(self, request: object, client_address: object) -> None:
        print(f"a call: {type(sys.exception() or self).__name__}", file=sys.stderr)


class Handler(BaseHTTPRequestHandler):
    """One request. It answers `OK` when the engine has it."""

    timeout = 10

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def _service(self) -> Service:
        assert isinstance(self.server, Service)
        return self.server

    def _answer(self) -> None:
        # who calls comes first: nothing is read for a stranger
        path, _, asked = self.path.partition("?")
        query = parse_qs(asked)
        (secret,) = query.pop("secret", [""])[:1]
        if not hmac.compare_digest(secret.encode(), self._service().secret.encode()):
            return self._say(403, "forbidden")
        if path not in PATHS:
            return self._say(404, "not found")
        length = self.headers.get("Content-Length") or "0"
        if not (length.isascii() and length.isdigit()):
            return self._say(400, "malformed")
        # one with so many digits need not be read
        if len(length) > len(str(MAX_BODY)) or int(length) > MAX_BODY:
            return self._say(413, "too long")
        body = self.rfile.read(int(length))
        if len(body) < int(length):
            return self._say(400, "malformed")
        try:
            known = self._service().told(path, query, body)
        except depesza.BadArgumentsError as error:
            return self._say(400, error.field or error.code)
        except (ValueError, RecursionError):
            return self._say(400, "malformed")
        except depesza.EngineError as error:
            return self._say(503, error.code)
        # a report can be faster than the answer to its message: what is not known yet comes again
        if known:
            self._say(200, "OK")
        else:
            self._say(503, "unrouted")

    def _say(self, status: int, word: str) -> None:
        body = word.encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        # the address of a call holds numbers and texts
        path = getattr(self, "path", "").partition("?")[0]
        print(f"{self.command} {path if path in PATHS else '-'} {code}", file=sys.stderr)

    def log_error(self, format: str, *args: object) -> None:
        # it would quote the address; what was answered is said above
        pass


def main() -> None:
    parser = argparse.ArgumentParser(description="receives delivery reports and answers")
    parser.add_argument("--store", default="memory:", help="the store's URL")
    parser.add_argument("--port", type=int, default=8080, help="0 for a free one")
    parser.add_argument("--simulate", action="store_true", help="callbacks are taken, and nothing can be sent: no SMSAPI_TOKEN is needed")
    options = parser.parse_args()
    secret = os.environ.get("RECEIVER_SECRET", "")
    if len(secret) < 16:
        parser.error("RECEIVER_SECRET: expected at least 16 characters")
    token = os.environ.get("SMSAPI_TOKEN", "")
    if options.simulate:
        gateway = depesza.Smsapi(token="none", base_url=NOBODY)
    elif token:
        gateway = depesza.Smsapi(token=token)
    else:
        parser.error("SMSAPI_TOKEN: expected the account's token, or --simulate")
    engine = depesza.Engine.open(options.store, gateways={GATEWAY: gateway})
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
