"""The closed sets of words, as the wire has them.

Every class is a `StrEnum`: a member is its wire name, so `Reply.YES == "yes"`. Functions that take one take the plain word
too.
"""

from enum import StrEnum


class Encoding(StrEnum):
    """The coding of a message (3GPP TS 23.038); a message has one, for all its parts."""

    GSM_7 = "GSM-7"
    """The GSM 7-bit default alphabet with its extension table; a unit is a septet."""
    UCS_2 = "UCS-2"
    """UCS-2, in practice UTF-16; a unit is 16 bits."""


class Diacritics(StrEnum):
    """What becomes of the letters that GSM-7 does not have."""

    PLAIN = "plain"
    """Replaced by their plain forms, so that the message is GSM-7 where it can be."""
    POLISH = "polish"
    """The text as it was written, whatever it costs."""
    WHEN_FREE = "when_free"
    """As written where that costs no part more than the plain form, otherwise plain."""


class CharacterClass(StrEnum):
    """What kind of character was replaced."""

    LETTER = "letter"
    """A letter, or a mark on one."""
    PUNCT = "punct"
    """A quotation mark, a dash, an ellipsis and the like."""
    SPACE = "space"
    """A space or a line end."""
    INVISIBLE = "invisible"
    """A character that draws nothing."""
    CONTROL = "control"
    """A control character."""
    SYMBOL = "symbol"
    """A sign that carries meaning (a degree, a fraction): to be checked, for it may stand in a dose."""
    NONE = "none"
    """No safe equivalent, or part of a link: left as it is unless `missing` says otherwise."""


class Reply(StrEnum):
    """What an answer says to the question whether the patient comes."""

    YES = "yes"
    """TAK: the visit is confirmed."""
    NO = "no"
    """NIE: the patient does not come."""
    OTHER = "other"
    """Anything else: for people to read."""


class OptOut(StrEnum):
    """Whether a text asks that no more be sent."""

    ABSENT = "absent"
    """STOP is no word of the text."""
    ALONE = "alone"
    """STOP is the whole text: consent is withdrawn."""
    MENTIONED = "mentioned"
    """STOP is one word among others: people decide."""


class ReplyGrammar(StrEnum):
    """How much beside the bare word may stand in an answer."""

    STRICT = "strict"
    """Exactly TAK or NIE."""
    TOLERANT = "tolerant"
    """Also the words, phrases, typos and smileys of a closed list."""


class ReplyLanguage(StrEnum):
    """A language in which answers are read beside Polish."""

    UKRAINIAN = "ukrainian"
    """Ukrainian, in Cyrillic letters."""


class NumberKind(StrEnum):
    """What a telephone number is for, by libphonenumber's metadata."""

    MOBILE = "mobile"
    """A mobile number."""
    LANDLINE = "landline"
    """A landline."""
    MOBILE_OR_LANDLINE = "mobile_or_landline"
    """Either: the numbering plan does not tell them apart (USA, Canada)."""
    VOIP = "voip"
    """Internet telephony."""
    PREMIUM = "premium"
    """A premium rate number."""
    TOLL_FREE = "toll_free"
    """Free for the caller."""
    SHARED_COST = "shared_cost"
    """The caller pays a part."""
    PERSONAL = "personal"
    """A personal number that follows its holder."""
    PAGER = "pager"
    """A pager."""
    UNIVERSAL_ACCESS = "universal_access"
    """A company's one number for all its places."""
    VOICEMAIL = "voicemail"
    """A voice mail box."""
    UNKNOWN = "unknown"
    """A valid number of no known kind."""


class Language(StrEnum):
    """The language of what people read: day and month names, sentences for a screen."""

    PL = "pl"
    """Polish."""
    EN = "en"
    """English."""


class TemplateSubject(StrEnum):
    """What a body speaks about, and so which placeholders it may hold."""

    VISITS = "visits"
    """A patient and their visits: campaigns."""
    CALLS = "calls"
    """A telephone call: SMS after a call."""
    PEOPLE = "people"
    """A patient, and no visit: recalls, birthdays, broadcasts."""
