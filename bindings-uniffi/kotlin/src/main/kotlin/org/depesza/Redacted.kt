// Text that names a person or what was said to them: it crosses as it is, but never prints.
//
// The generated code makes these of the core's types of the same names (uniffi.toml). Not allowed here: anything else.

package org.depesza

/** Text that `toString` does not show, so that no log of a record shows it by accident. */
sealed class Redacted(private val text: String) {
    /** The text itself, for those who must show or send it. */
    fun reveal(): String = text

    /** Whether there is nothing in it. */
    fun isEmpty(): Boolean = text.isEmpty()

    override fun toString(): String = "<redacted>"

    override fun equals(other: Any?): Boolean = other is Redacted && other.javaClass == javaClass && other.text == text

    override fun hashCode(): Int = text.hashCode()
}

/** A person's first name, last name or full name. */
class Name(text: String) : Redacted(text)

/** A telephone number: as typed where a host tells it, in E.164 where the engine decided on it. */
class Phone(text: String) : Redacted(text)

/** The text of a message, and any text that may hold what a person wrote or is called: a document, a key, a JSON answer. */
class Body(text: String) : Redacted(text)

/** A gateway's own words, for the record: a delivery receipt quotes the text, an error the number. */
class Verbatim(text: String) : Redacted(text)
