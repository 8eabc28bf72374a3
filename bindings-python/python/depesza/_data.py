"""What functions answer and take, as frozen data: equal by value, hashable, picklable.

What can hold a patient's name, number or text is left out of `repr`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from ._enums import CharacterClass, Encoding, Language, NumberKind

if TYPE_CHECKING:
    from ._native import Segments


@dataclass(frozen=True, slots=True)
class Cost:
    """What a text would cost; there is no such text yet, so it has no parts."""

    encoding: Encoding
    """The coding of every part."""
    units: int
    """Units of the whole text: septets or UTF-16 units."""
    count: int
    """Parts; at least 1."""
    remaining: int
    """Units still free in the last part."""


@dataclass(frozen=True, slots=True)
class Costly:
    """A character that forces a message into UCS-2."""

    at: int
    """Index in the text, in characters (code points), from 0."""
    character: str = field(repr=False)
    """The character."""


@dataclass(frozen=True, slots=True)
class Replacement:
    """One replacement in a text, or one place where none could be made."""

    start: int
    """Index in the original text of the first character that was replaced, in characters, from 0."""
    end: int
    """Index after the last one."""
    original: str = field(repr=False)
    """What stood there: one character, or several that make one sign."""
    replacement: str = field(repr=False)
    """What stands there now: empty when removed, the same as `original` when left as it was."""
    character_class: CharacterClass
    """What kind of character it was."""


@dataclass(frozen=True, slots=True)
class Transliteration:
    """A text brought into GSM-7 as far as it goes, and what was done to it."""

    text: str = field(repr=False)
    """The text."""
    replaced: tuple[Replacement, ...]
    """What was replaced, and what stayed for want of an equivalent, in the order of the text."""
    before: Segments
    """What the original costs."""
    after: Segments
    """What the text costs now. Replacements can be longer than what they replace, so this may be more."""


@dataclass(frozen=True, slots=True)
class Finished:
    """A text as it is sent, and what it costs."""

    text: str = field(repr=False)
    """The text."""
    segments: Segments
    """What it costs."""


@dataclass(frozen=True, slots=True)
class CharacterAdvice:
    """One dear character of a message."""

    character: str = field(repr=False)
    """The character, or the characters that make one sign."""
    at: tuple[int, ...]
    """Every place where it occurs: indices in the text, in characters."""
    replacement: str | None = field(repr=False)
    """What could stand in its place; nothing when only other words help."""
    character_class: CharacterClass
    """What kind of character it is."""
    parts_saved: int
    """Parts saved by replacing this character alone, everywhere; negative when the replacement is longer."""


@dataclass(frozen=True, slots=True)
class Advice:
    """What makes a message dearer, and what replacing it would save."""

    before: Segments
    """The message as it is."""
    after: Cost
    """The message with everything below replaced."""
    parts_saved: int
    """Parts saved by replacing everything below; negative when replacements are longer."""
    characters: tuple[CharacterAdvice, ...]
    """The dear characters, in the order in which they first occur."""


@dataclass(frozen=True, slots=True)
class Number:
    """A telephone number that was understood."""

    e164: str = field(repr=False)
    """The number in E.164 (ITU-T): `+` and at most 15 digits."""
    calling_code: int
    """The country calling code, 1 to 999."""
    kind: NumberKind
    """What it is for."""
    can_receive_sms: bool
    """Whether a number of this kind takes an SMS: mobiles, and numbers that may be mobiles."""


@dataclass(frozen=True, slots=True)
class Placeholder:
    """A placeholder as it stands in a body."""

    name: str
    """Its name as the catalogue writes it."""
    format: str | None
    """Its format (`slownie` of `(data:slownie)`)."""
    fallback: str | None
    """What takes its place when there is no value."""
    url: str | None
    """What it stands for, when it is a link marker."""
    start: int
    """Index of its opening bracket in the body, in characters, from 0."""
    end: int
    """Index after its closing bracket."""
    line: int
    """Its line, from 1."""
    column: int
    """Its first character's place in that line, from 1."""

    @property
    def key(self) -> str:
        """The name under which a value is given: `imie`, `data:slownie`."""
        return self.name if self.format is None else f"{self.name}:{self.format}"


@dataclass(frozen=True, slots=True)
class TemplateFault:
    """What is wrong with a body, and where."""

    code: str
    """What: `empty_body`, `body_too_long`, `too_many_placeholders`, `unknown_placeholder`, `not_for_subject`,
    `unknown_format`, `empty_fallback` or `bracket_in_fallback`."""
    start: int
    """Index of the place in the body, in characters, from 0."""
    end: int
    """Index after it."""
    line: int
    """Its line, from 1."""
    column: int
    """Its first character's place in that line, from 1."""
    details: Mapping[str, object] = field(repr=False, hash=False)
    """What the wire form says beside these: `name`, `nearest`, `known`, `limit` and so on."""
    message: str
    """The fault as a sentence in English, with its place."""
    message_pl: str
    """The same in Polish."""


@dataclass(frozen=True, slots=True)
class LinkFault:
    """Why a link marker or a placeholder of the host's is refused."""

    code: str
    """What: `name_malformed`, `name_too_long`, `name_taken`, `too_many`, `url_too_long`, `url_white_space`, `url_scheme` or
    `url_host`."""
    details: Mapping[str, object] = field(repr=False, hash=False)
    """What the wire form says beside it: `limit`, `by`."""
    message: str
    """The fault as a sentence in English."""
    message_pl: str
    """The same in Polish."""


@dataclass(frozen=True, slots=True)
class CustomPlaceholder:
    """A placeholder that the host defines and has values for."""

    name: str
    """What is written in brackets: at most 32 letters, digits, `_`, `-` and spaces, a letter first."""
    sample: str = ""
    """What it may look like when filled in, for previews."""
    description_pl: str = ""
    """What it stands for, in Polish."""
    description_en: str = ""
    """What it stands for, in English."""


@dataclass(frozen=True, slots=True)
class VisitDetail:
    """What a message may say of one visit."""

    start: datetime
    """When it starts: the practice's local time, without a zone."""
    doctor: str = field(default="", repr=False)
    """The doctor, as patients should read it."""
    room: str = ""
    """The room, as patients should read it."""


@dataclass(frozen=True, slots=True)
class VisitValues:
    """A patient and the visits that a message is about; absent texts are empty."""

    first_name: str = field(default="", repr=False)
    """First name, in the nominative."""
    last_name: str = field(default="", repr=False)
    """Last name."""
    first_name_vocative: str = field(default="", repr=False)
    """First name in the vocative; when empty, the nominative stands for it."""
    visits: Sequence[VisitDetail] = ()
    """The visits, in the order in which they are to be read. Each different date, hour, doctor and room is written once."""
    practice: str = ""
    """The practice's name."""
    address: str = ""
    """The practice's address."""
    phone: str = ""
    """The practice's telephone, as patients should read it."""
    extra: Mapping[str, str] = field(default_factory=dict, repr=False, hash=False)
    """Values of the host's placeholders, by name."""
    language: Language = Language.PL
    """Language of day and month names and of lists."""


@dataclass(frozen=True, slots=True)
class CallValues:
    """A telephone call that a message is about; absent texts are empty."""

    number: str = field(default="", repr=False)
    """The other party's number, as people should read it."""
    dialled_number: str = field(default="", repr=False)
    """The number that was dialled, as people should read it."""
    start: datetime | None = None
    """When the call began: the account's local time, without a zone."""
    talk_s: int | None = None
    """Talk time in seconds; absent when nobody answered."""
    extra: Mapping[str, str] = field(default_factory=dict, repr=False, hash=False)
    """Values of the host's placeholders, by name."""
    language: Language = Language.PL
    """Language of month names."""


@dataclass(frozen=True, slots=True)
class PreviewText:
    """One rendering of a body with invented values, as it would be sent."""

    text: str = field(repr=False)
    """The text."""
    segments: Segments
    """What it costs in parts."""
    cost_milli: int
    """What it costs, in thousandths of the currency's unit."""


@dataclass(frozen=True, slots=True)
class Preview:
    """A body rendered with typical values, and with the shortest and the longest that are realistic."""

    typical: PreviewText
    """With the samples of the legend, and the practice's own name, address and telephone."""
    shortest: PreviewText
    """With the shortest values that are realistic."""
    longest: PreviewText
    """With the longest values that are realistic."""
    advice: Advice
    """The dear characters of the typical text, as it would be sent."""
    dear_in_body: tuple[str, ...]
    """Those of them that the body itself holds: other words would help."""
    dear_in_values: tuple[str, ...]
    """Those of them that come with values: another patient's message may do without."""
    missing: tuple[str, ...]
    """Placeholders that have neither a value in this practice nor a fallback: every message would be skipped."""


@dataclass(frozen=True, slots=True)
class MissingRow:
    """A row of a batch that has no message."""

    row: int
    """The row, from 0."""
    placeholder: str
    """The first placeholder without value and fallback."""


@dataclass(frozen=True, slots=True)
class RulesFault:
    """What is wrong with a rules file, and where."""

    file: str
    """The file, as it was named."""
    line: int | None
    """The line, from 1; none when it is about the whole file."""
    column: int | None
    """The column, from 1, in characters."""
    what: str
    """The field and what was expected of it."""

    def __str__(self) -> str:
        places = [str(place) for place in (self.line, self.column) if place is not None]
        return f"{':'.join([self.file, *places])}: {self.what}"
