// The zone of a visit: checked when it is made, so that every visit crosses.
//
// `zone(name)` of the generated code makes one. Not allowed here: which zones there are; the core's database says that.

package org.depesza

/**
 * A zone of the IANA database, made by `zone("Europe/Warsaw")`, which throws [EngineException.Faulty] for what is none.
 *
 * It is no `java.time.ZoneId`: that has zones that the engine has not (`GMT+02:00`), and an older JDK has not all of the engine's.
 * `ZoneId.of(zone.name)` is the JDK's, where it has one.
 */
class Zone private constructor(
    /** The name in the IANA database. */
    val name: String,
) {
    override fun toString(): String = name

    override fun equals(other: Any?): Boolean = other is Zone && other.name == name

    override fun hashCode(): Int = name.hashCode()

    internal companion object {
        /** A name that comes from the engine. */
        internal fun read(name: String) = Zone(name)
    }
}
