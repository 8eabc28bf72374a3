"""Why the engine did not do what was asked: one class for each kind of reason, with the stable code of each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ._errors import DepeszaError

if TYPE_CHECKING:
    from .model import FieldFault


class EngineError(DepeszaError):
    """The base of the engine's refusals. Nothing was changed by the call, and no text quotes a patient's data."""

    faults: tuple[FieldFault, ...]
    """Every fault of what was given, by field, in Polish and in English; empty where the refusal is no list of them."""

    def __init__(
        self, message: str, code: str, field: str | None = None, faults: tuple[FieldFault, ...] = ()
    ) -> None:
        super().__init__(message, code, field)
        self.faults = faults


class BadArgumentsError(EngineError, ValueError):
    """An argument is missing, or not what was expected; `field` is its path (`facts[0].start`).

    Codes: `bad_arguments`, `unknown_method`, `faulty_fact`, `faulty_input`, `bad_cursor`, `draft_too_long`, `too_many_parts`,
    `rule_named_twice`.
    """


class FaultyError(EngineError, ValueError):
    """What somebody wrote has faults; `faults` lists all of them for a screen.

    Codes: `faulty_practice`, `faulty_campaign`, `faulty_rule`, `faulty_template`, `faulty_link`.
    """


class UnknownError(EngineError, LookupError):
    """There is no such thing.

    Codes: `unknown_practice`, `unknown_campaign`, `unknown_rule`, `unknown_template`, `unknown_draft`, `unknown_link`,
    `unknown_visit`, `unknown_patient`, `unknown_message`.
    """


class NotPermittedError(EngineError):
    """The user lacks a permission. Code `not_permitted`."""


class NotNowError(EngineError):
    """It cannot be done as things stand.

    Codes: `campaign_exists`, `campaign_step`, `no_reminder_campaign`, `link_in_use`, `not_incoming`, `not_changeable`,
    `quiet_hours`, `too_many_rules`, `too_many_templates`, `too_many_drafts`, `message_step`.
    """


class StoreError(EngineError):
    """The store did not do it; an exception of a host's own store is the cause.

    Codes: `store_unavailable` (the same call may succeed later), `store_conflict`, `store_corrupt`.
    """


KINDS: dict[type[EngineError], tuple[str, ...]] = {
    BadArgumentsError: (
        "bad_arguments",
        "unknown_method",
        "faulty_fact",
        "faulty_input",
        "bad_cursor",
        "draft_too_long",
        "too_many_parts",
        "rule_named_twice",
    ),
    FaultyError: ("faulty_practice", "faulty_campaign", "faulty_rule", "faulty_template", "faulty_link"),
    UnknownError: (
        "unknown_practice",
        "unknown_campaign",
        "unknown_rule",
        "unknown_template",
        "unknown_draft",
        "unknown_link",
        "unknown_visit",
        "unknown_patient",
        "unknown_message",
    ),
    NotPermittedError: ("not_permitted",),
    NotNowError: (
        "campaign_exists",
        "campaign_step",
        "no_reminder_campaign",
        "link_in_use",
        "not_incoming",
        "not_changeable",
        "quiet_hours",
        "too_many_rules",
        "too_many_templates",
        "too_many_drafts",
        "message_step",
    ),
    StoreError: ("store_unavailable", "store_conflict", "store_corrupt"),
}

_CLASSES = {code: kind for kind, codes in KINDS.items() for code in codes}


def of_code(code: str) -> type[EngineError]:
    """The class of a code; `EngineError` itself for one that is newer than this package."""
    return _CLASSES.get(code, EngineError)
