"""The engine, a practice's side of it, and a user's desk."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import TypeAlias

from . import _hosting, model
from . import gateway as _gateways
from . import store as _stores
from ._calling import answered
from ._instants import given_ms
from ._native import Door
from ._operations import (
    EngineOperations,
    Facts,
    HostOperations,
    HostQuestions,
    UserOperations,
    UserQuestions,
)


_AnyGateway: TypeAlias = _gateways.Gateway | _gateways.Smsapi | _gateways.Smpp


class Engine(EngineOperations):
    """An engine over a store and its gateways. It keeps nothing between two calls but what is in the store.

    All methods may be called from several threads; the GIL is released while the core works. A practice must be opened once
    (`open_practice`) before `practice(id)` can do anything.
    """

    __slots__ = ()

    @classmethod
    def open(
        cls,
        store: str | _stores.Store,
        *,
        gateway: _AnyGateway | None = None,
        gateways: Mapping[str, _AnyGateway] | None = None,
    ) -> Engine:
        """An engine over the store that a URL names, or over a host's own.

        URLs: `memory:`, `sqlite:PATH` (created when it is not there), `postgresql://USER@HOST/DATABASE`. `gateway` is the only
        one and is known as `gateway`; `gateways` are several by the ids that settings and facts know them by. Without any,
        messages wait. A gateway is `Smsapi`, `Smpp`, one of the host's own, or `depesza.testing.Simulator`.

        Raises `StoreError` when the store cannot be opened, `BadArgumentsError` for options of a gateway that are refused, and
        what the `capabilities()` of a host's own raises.
        """
        if gateway is not None and gateways is not None:
            raise TypeError("gateways: expected either gateway or gateways")
        named = {"gateway": gateway} if gateway is not None else dict(gateways or {})
        doors = [(name, _hosting.of_gateway(name, each)) for name, each in named.items()]
        return cls(Door(store if isinstance(store, str) else _hosting.of_store(store), doors), {})

    def practice(self, id: model.PracticeId) -> Clinic:
        """A practice's side of the engine. Whether it is known shows at the first call."""
        return Clinic(self._door, {"practice": id})

    def receive(self, now: dt.datetime | None = None, *, wait_s: float = 1.0) -> _gateways.Received:
        """Takes the receipts and messages that came in by the connections of gateways, at most 1,000 of each.

        It waits at most `wait_s` seconds for the first of each gateway. What cannot be stored comes again. Only `Smpp` has a connection; for
        the others this answers at once.
        """
        return _gateways.Received(**answered(*self._door.receive(given_ms(now, "now"), wait_s)))

    def callback(self, gateway: str, form: str, now: dt.datetime | None = None) -> _gateways.Received:
        """Takes what a provider called the host's web server with: the query of the call, or its form.

        `gateway` is the id of one whose provider calls: `Smsapi`, for delivery reports and for answers. Answer `OK` when this
        returns and an error status when it raises: then it comes again. Who calls is the web server's to check.
        """
        return _gateways.Received(**answered(*self._door.callback(gateway, form, given_ms(now, "now"))))

    def __repr__(self) -> str:
        return "<depesza.Engine>"


class Clinic(Facts, HostOperations, HostQuestions):
    """A practice as its host sees it: told facts, asked questions, with every permission.

    `clinic.visit(...)` tells a visit; `clinic.visit_file(id)` asks for one.
    """

    __slots__ = ()

    def as_user(self, user: model.User) -> Desk:
        """The practice as a user sees it: what they do and ask goes by their permissions."""
        return Desk(self._door, {**self._known, "user": user.to_wire()})

    def tell(self, fact: model.Fact, now: dt.datetime | None = None) -> model.Outcome:
        """Tells one fact that is there already as an object."""
        return self.apply([fact], now)[0]

    def __repr__(self) -> str:
        return f"<depesza.Clinic {self._known['practice']!r}>"


class Desk(UserOperations, UserQuestions):
    """A practice as a user sees it. The host says who they are and what they may do; the engine refuses the rest."""

    __slots__ = ()

    def conversation(
        self,
        patient: model.PatientId,
        shows: model.ChatShows = model.ChatShows.EXCHANGED,
        from_: str | None = None,
        limit: int = 100,
    ) -> model.MessagePage:
        """A patient's conversation, newest first; the same as `chat`."""
        return self.chat(patient, shows, from_, limit)

    def send(
        self,
        text: model.Body,
        *,
        patient: model.PatientId | None = None,
        number: model.Phone | None = None,
        at: dt.datetime | None = None,
        hours: model.QuietHours = model.QuietHours.WARN,
        key: str | None = None,
        now: dt.datetime | None = None,
    ) -> model.MessageId:
        """Sends a text to a patient, or to a number as typed; answers the message's number.

        `at` is when, an instant with a zone (absent: now); `key` makes sending it again the same message. `send_message` is the
        same with a `NewMessage`.
        """
        if patient is not None and number is None:
            to: model.Recipient = model.RecipientPatient(patient=patient)
        elif number is not None and patient is None:
            to = model.RecipientNumber(number=number)
        else:
            raise TypeError("to: expected either patient or number")
        message = model.NewMessage(to=to, text=text, at=at, hours=hours, key=key)
        return self.send_message(message, now)

    def __repr__(self) -> str:
        return f"<depesza.Desk {self._known['practice']!r} of {self._known['user']['id']!r}>"

