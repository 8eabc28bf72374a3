// What the tests share: a practice with a reminder campaign and one visit, gateways and stores written in Kotlin.

package org.depesza

import java.time.Instant
import java.time.LocalDateTime
import java.util.TreeMap
import java.util.TreeSet
import java.util.concurrent.ConcurrentLinkedQueue
import java.util.concurrent.atomic.AtomicLong

val MONDAY: Instant = Instant.parse("2026-11-16T08:00:00Z")
/** After the reminder of the visit on Friday is due. */
val THURSDAY: Instant = Instant.parse("2026-11-19T09:30:00Z")

const val NUMBER = "+48501234567"
val DESK = User("recepcja", listOf(Permission.COMMUNICATION_CENTER, Permission.MANAGE_CAMPAIGNS))

fun practice(id: String) = Body(
    """{"id": "$id", "name": "Dentica", "secret": "sixteen bytes or more",
        "settings": {"senders": [{"id": "48500100200", "receives": true}]}}""",
)

const val REMINDER = """{
    "name": "Przypomnienie",
    "timing": {"kind": "reminder", "steps": [{"days_before": 1, "at": "10:00"}]},
    "bodies": {"default": "(imie), czekamy (data) o (godzina). Odpisz TAK lub NIE."}
}"""

fun patient(id: String = "7", phone: String = "501 234 567") = Fact.Patient(
    Patient(
        id = id, revision = 1, firstName = Name("Łucja"), lastName = Name("Żak"), phone = Phone(phone),
        consents = Consents(visits = Consent(true, Instant.parse("2026-01-02T10:00:00Z"), ConsentSource.PERSON)),
        status = PatientStatus.ACTIVE,
    ),
)

fun visit(id: String = "120", patient: String = "7", revision: Long = 1, start: String = "2026-11-20T12:30:00") = Fact.Visit(
    Visit(id = id, revision = revision, patient = patient, start = LocalDateTime.parse(start), state = VisitState.BOOKED),
)

/** A practice with its campaign, nothing told yet. */
fun Engine.begin(practice: String) {
    openPractice(practice(practice), MONDAY)
    createCampaign(practice, DESK, "przypomnienie", REMINDER, MONDAY)
    activate(practice, DESK, "przypomnienie", MONDAY)
}

/** Everything that is due at a time. */
fun Engine.runAt(now: Instant) {
    while (work(now, 100).more) Unit
    while (dispatch(now, 1_000).more) Unit
}

val CAPABILITIES = Capabilities(OwnReference.Stored, lookUp = false, batch = 10, reports = true, cancel = false)

/** A gateway that takes everything and remembers what it took. */
open class Taking : Gateway {
    val taken = ConcurrentLinkedQueue<Submission>()
    private val numbers = AtomicLong()

    override fun capabilities() = CAPABILITIES

    override fun submit(batch: List<Submission>): List<SubmitResult> = batch.map {
        taken.add(it)
        SubmitResult.Accepted(listOf("p-${numbers.incrementAndGet()}"), null, null)
    }

    override fun lookUp(reference: String): LookupResult = LookupResult.Unsure
    override fun cancel(reference: String) = false
    override fun balanceMilli(): Long? = null
}

/** A store in memory, written in Kotlin: what any host's store has to be. */
open class KotlinStore : Store {
    /** Text as UTF-8 sorts it, byte by byte: by code points. */
    private object ByCodePoint : Comparator<String> {
        override fun compare(a: String, b: String): Int {
            var at = 0
            while (at < a.length && at < b.length) {
                val (left, right) = a.codePointAt(at) to b.codePointAt(at)
                if (left != right) return left.compareTo(right)
                at += Character.charCount(left)
            }
            return a.length.compareTo(b.length)
        }
    }

    private data class Key(val table: Int, val id: String)

    private data class Place(val key: String, val row: Key)

    private class Kept(val document: String) {
        val entries = HashSet<Pair<String, String>>()
    }

    private class Practice {
        var version = 0L
        val rows = TreeMap<Key, Kept>(BY_ROW)
        val indexes = HashMap<String, TreeSet<Place>>()
    }

    private companion object {
        val BY_ROW: Comparator<Key> = compareBy<Key> { it.table }.thenComparing({ it.id }, ByCodePoint)
        val BY_PLACE: Comparator<Place> = compareBy<Place, String>(ByCodePoint) { it.key }.thenComparing({ it.row }, BY_ROW)
    }

    private val practices = TreeMap<String, Practice>(ByCodePoint)

    private fun Key.row() = Row(table, id)

    private fun String.atOrAfter(other: String) = ByCodePoint.compare(this, other) >= 0

    @Synchronized
    override fun version(practice: String): Long = practices[practice]?.version ?: 0

    @Synchronized
    override fun read(practice: String, rows: List<Row>): List<Body?> =
        rows.map { practices[practice]?.rows?.get(Key(it.table, it.id))?.let { kept -> Body(kept.document) } }

    @Synchronized
    override fun list(practice: String, table: Int, from: String, to: String, limit: Int): List<Listed> {
        if (from.atOrAfter(to)) return emptyList()
        val rows = practices[practice]?.rows?.subMap(Key(table, from), Key(table, to)).orEmpty()
        return rows.entries.take(limit).map { (key, kept) -> Listed(key.id, Body(kept.document)) }
    }

    @Synchronized
    override fun scan(practice: String, scan: Scan): List<Found> {
        val from = scan.from.reveal()
        val to = scan.to.reveal()
        val of = practices[practice] ?: return emptyList()
        if (from.atOrAfter(to)) return emptyList()
        val first = Key(Int.MIN_VALUE, "")
        val part = of.indexes[scan.index]?.subSet(Place(from, first), true, Place(to, first), false) ?: return emptyList()
        return (if (scan.descending) part.descendingSet() else part).take(scan.limit)
            .map { Found(Body(it.key), it.row.row(), Body(of.rows.getValue(it.row).document)) }
    }

    @Synchronized
    override fun commit(commit: Commit): Long {
        val found = version(commit.practice)
        if (found != commit.version) throw StoreException.Conflict(commit.version, found)
        val practice = practices.getOrPut(commit.practice, ::Practice)
        for (write in commit.writes) practice.apply(write)
        practice.version += 1
        return practice.version
    }

    private fun Practice.apply(write: Write) {
        val key = Key(write.row.table, write.row.id)
        val before = rows.remove(key)
        val document = write.document
        if (document == null) {
            before?.entries?.forEach { (index, at) -> indexes[index]?.remove(Place(at, key)) }
            return
        }
        val kept = Kept(document.reveal())
        kept.entries += before?.entries.orEmpty()
        for (entry in write.remove) {
            kept.entries -= entry.index to entry.key.reveal()
            indexes[entry.index]?.remove(Place(entry.key.reveal(), key))
        }
        for (entry in write.add) {
            kept.entries += entry.index to entry.key.reveal()
            indexes.getOrPut(entry.index) { TreeSet(BY_PLACE) }.add(Place(entry.key.reveal(), key))
        }
        rows[key] = kept
    }

    @Synchronized
    override fun find(index: String, key: Body): List<Owned> = practices.flatMap { (id, practice) ->
        practice.indexes[index].orEmpty().filter { it.key == key.reveal() }.map { Owned(id, it.row.row()) }
    }

    @Synchronized
    override fun due(queue: String, before: Body, limit: Int): List<Due> = practices.mapNotNull { (id, practice) ->
        val first = practice.indexes[queue]?.firstOrNull()?.key
        if (first == null || first.atOrAfter(before.reveal())) null
        else Due(id, instantOfKey(Body(first)) ?: throw StoreException.Corrupt("a key of a queue without an instant"))
    }.sortedBy { it.at }.take(limit)
}
