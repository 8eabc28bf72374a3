"""The exceptions. No message of one quotes a name, a number or a text; they name fields and places."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ._data import LinkFault, RulesFault, TemplateFault
    from ._enums import NumberKind


class DepeszaError(Exception):
    """The base of every refusal of the library.

    A wrong type of an argument is a `TypeError`, a word that is none of its set a `ValueError`; a `str` with a lone surrogate
    is no text and a `UnicodeEncodeError`.
    """

    code: str
    """What is wrong, as a stable word: `too_long`, `missing_value`, …"""
    field: str | None
    """The argument or the field that was wrong, where there is one."""

    def __init__(self, message: str, code: str, field: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.field = field

    def __reduce__(self) -> tuple[object, ...]:
        # by its attributes: subclasses take more than a message
        return (_restored, (type(self), self.args, self.__dict__.copy()))


def _restored(of: type[DepeszaError], args: tuple[object, ...], attributes: dict[str, object]) -> DepeszaError:
    error = of.__new__(of, *args)
    error.args = args
    error.__dict__.update(attributes)
    return error


class TextTooLongError(DepeszaError, ValueError):
    """The text takes more than the 255 parts that a message can have. Code `too_long`."""

    parts: int
    """Parts that it would take."""

    def __init__(self, message: str, parts: int) -> None:
        super().__init__(message, "too_long", "text")
        self.parts = parts


class NotGsm7Error(DepeszaError, ValueError):
    """A replacement that is not GSM-7 itself. Code `not_gsm7`."""

    at: int
    """Index of its first such character."""

    def __init__(self, message: str, at: int, field: str) -> None:
        super().__init__(message, "not_gsm7", field)
        self.at = at


class NumberError(DepeszaError, ValueError):
    """A text is no telephone number, or none that an SMS may go to.

    Codes: `empty` (of `recipient` `missing`), `withheld`, `short_code`, `too_short`, `too_long`, `malformed`, `invalid`; of
    `recipient` also `outside_prefixes` and `cannot_receive_sms`.
    """

    kind: NumberKind | None
    """What the number is; only with `cannot_receive_sms`."""

    def __init__(self, message: str, code: str, field: str = "text", kind: NumberKind | None = None) -> None:
        super().__init__(message, code, field)
        self.kind = kind


class TemplateError(DepeszaError, ValueError):
    """A body with faults. Code `template`."""

    faults: tuple[TemplateFault, ...]
    """Every fault, in the order of their places."""

    def __init__(self, message: str, faults: tuple[TemplateFault, ...]) -> None:
        super().__init__(message, "template", "body")
        self.faults = faults


class LinkError(DepeszaError, ValueError):
    """A link marker or a placeholder of the host's that is refused. Code `marker`."""

    faults: tuple[LinkFault, ...]
    """Every fault, name first."""

    def __init__(self, message: str, faults: tuple[LinkFault, ...], field: str) -> None:
        super().__init__(message, "marker", field)
        self.faults = faults


class MissingValueError(DepeszaError, ValueError):
    """A placeholder has neither a value nor a fallback: the message is not to be sent. Code `missing_value`."""

    placeholder: str
    """Its name."""
    row: int | None
    """The row of a batch, from 0."""

    def __init__(self, message: str, placeholder: str, row: int | None = None) -> None:
        super().__init__(message, "missing_value", placeholder)
        self.placeholder = placeholder
        self.row = row


class ColumnError(DepeszaError, ValueError):
    """A column of a batch that is not there, has other values than texts, or another length. Code `column`."""

    row: int | None
    """The row, from 0, where one is to blame."""

    def __init__(self, message: str, field: str, row: int | None = None) -> None:
        super().__init__(message, "column", field)
        self.row = row


class CallRulesError(DepeszaError, ValueError):
    """A rules file with faults. Code `rules_file`; the message has a line for each fault."""

    faults: tuple[RulesFault, ...]
    """The faults, at most 20, in the order of their lines."""

    def __init__(self, message: str, faults: tuple[RulesFault, ...]) -> None:
        super().__init__(message, "rules_file", "rules")
        self.faults = faults
