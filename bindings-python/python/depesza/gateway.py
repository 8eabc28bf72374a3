"""Gateways: the providers that are built in, and the protocol of a host's own.

An answer says only what is certain. A time-out after the request was written is `SubmitResultUnknown`, never a rejection: that one
line decides whether a patient is texted twice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol, runtime_checkable

from .model import Capabilities, RejectClass, Submission, SubmitResult

__all__ = ["Gateway", "Received", "Smpp", "Smsapi"]


@runtime_checkable
class Gateway(Protocol):
    """An SMS provider. Methods are called from several threads.

    An exception is told to `sys.unraisablehook`; for `submit` it means that nobody knows what became of the messages.

    A gateway may also have: `look_up(reference)`, which answers `LookupResult` and is called only with
    `capabilities().look_up`; `cancel(reference)`, true only when the message certainly will not arrive, called only with
    `capabilities().cancel`; `balance_milli()`, what is left on the account, in thousandths of its currency's unit.
    """

    def capabilities(self) -> Capabilities:
        """What it can do. Asked once, when the engine is opened."""
        ...

    def submit(self, batch: Sequence[Submission]) -> Sequence[SubmitResult]:
        """Hands over up to `capabilities().batch` messages and answers for each, in their order.

        One faulty message never holds up the others. An answer that is missing counts as `SubmitResultUnknown`.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Smsapi:
    """SMSAPI.pl over HTTPS. What is absent is as the adapter has it; times are in milliseconds.

    Its provider calls the host's web server with delivery reports and answers: hand them to `Engine.callback`.
    """

    token: str = field(repr=False)
    """The account's OAuth token."""
    base_url: str | None = None
    """Where it is asked; SMSAPI.pl's own address when absent."""
    sender: str | None = None
    """The sender of messages that name none."""
    test: bool | None = None
    """Nothing is sent: SMSAPI checks and answers only."""
    normalize: bool | None = None
    """SMSAPI takes diacritics away, beside what the engine did."""
    max_parts: int | None = None
    """The most parts of a message."""
    notify_url: str | None = field(default=None, repr=False)
    """Where SMSAPI sends delivery reports; it may hold a password."""
    extra: Mapping[str, str] | None = field(default=None, repr=False, hash=False)
    """More parameters of each request, as SMSAPI names them."""
    batch: int | None = None
    """The most messages of one request."""
    connections: int | None = None
    """The most requests at a time."""
    connect_ms: int | None = None
    """The longest wait for a connection."""
    answer_ms: int | None = None
    """The longest wait for an answer."""
    call_ms: int | None = None
    """The longest time of a whole hand-over."""
    point_milli: int | None = None
    """What a point of the account costs, in thousandths of the currency's unit."""
    roots_pem: str | None = field(default=None, repr=False)
    """Certificates to trust instead of the machine's, in PEM."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Smpp:
    """An SMSC over SMPP 3.4. What is absent is as the adapter has it; times are in milliseconds.

    Receipts and answers come on the connection: call `Engine.receive` on a thread of the host for as long as it runs.
    """

    host: str
    """The SMSC's name or address."""
    system_id: str
    """The account's name."""
    password: str = field(repr=False)
    """Its password."""
    port: int | None = None
    """The port; 2775 when absent."""
    system_type: str | None = None
    """As the provider says."""
    service_type: str | None = None
    """As the provider says."""
    sender: str | None = None
    """The sender of messages that name none."""
    bind: Literal["transceiver", "transmitter"] | None = None
    """As what to bind; only a transceiver receives."""
    window: int | None = None
    """The most submissions without an answer."""
    rate: int | None = None
    """The most submissions a second."""
    concatenation: Literal["udh", "udh16", "sar", "payload"] | None = None
    """How long messages go."""
    message_ids: Literal["same", "hex_then_decimal", "decimal_then_hex"] | None = None
    """How the identifier of an answer and that of a receipt are written."""
    gsm7_data_coding: int | None = None
    """The data coding of GSM-7."""
    registered_delivery: int | None = None
    """Which receipts are asked for, as SMPP encodes it."""
    receipt_zone: str | None = None
    """The zone of the times in receipts, as IANA names it."""
    response_timeout_ms: int | None = None
    """The longest wait for an answer to one submission."""
    submit_timeout_ms: int | None = None
    """The longest time of a whole hand-over."""
    connect_wait_ms: int | None = None
    """The longest wait for a connection that is not there."""
    enquire_link_ms: int | None = None
    """How often a silent connection is asked whether it lives."""
    reconnect_min_ms: int | None = None
    """The first pause before connecting again."""
    reconnect_max_ms: int | None = None
    """The longest one."""
    close_timeout_ms: int | None = None
    """The longest wait for the answers of others at the end."""
    events: int | None = None
    """The most receipts and messages that wait for `Engine.receive`."""
    statuses: Sequence[tuple[int, RejectClass]] | None = None
    """What the provider's own status codes mean."""


@dataclass(frozen=True, slots=True)
class Received:
    """What came in by gateways."""

    told: int
    """Reports and messages that the engine has now."""
    unrouted: int
    """Those of no practice or message of this store. A report may come before the answer to its message is stored: let a provider that
    calls come again with one, for a minute or two.
    """
