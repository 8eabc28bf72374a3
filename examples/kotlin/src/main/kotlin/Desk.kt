// A clinic's desk: it books, moves and confirms visits, and SMS go out by a gateway written here.
//
// Time is the program's own and jumps to whatever is due next, so that a week takes a moment. A real host calls `dispatch` and
// `work` when `nextDue` says, with the clock's time.

import org.depesza.*
import java.time.Instant
import java.time.LocalDateTime

private const val CLINIC = "kowalska"

/** Prints what it is given; a real one calls its provider, and throws when nobody answers. */
private class Printer : Gateway {
    private val sent = ArrayList<Submission>()

    override fun capabilities() =
        Capabilities(OwnReference.Stored, lookUp = false, batch = 10, reports = true, cancel = false)

    override fun submit(batch: List<Submission>): List<SubmitResult> = batch.map { message ->
        sent += message
        println("  SMS ${message.at}: ${message.body.reveal()} [${message.parts} part, ${message.encoding}]")
        SubmitResult.Accepted(listOf("p-${sent.size}"), null, null)
    }

    override fun lookUp(reference: String): LookupResult = LookupResult.Unsure

    override fun cancel(reference: String) = false

    override fun balanceMilli(): Long? = null
}

private class Desk(private val engine: Engine, private var now: Instant) {
    private val reception = User("recepcja", listOf(Permission.COMMUNICATION_CENTER, Permission.MANAGE_CAMPAIGNS))
    private var revision = 0L
    private var seen = 0L

    fun open() {
        val practice = """{"id": "$CLINIC", "name": "Dentica", "secret": "sixteen bytes or more",
            "settings": {"senders": [{"id": "48500100200", "receives": true}]}}"""
        engine.openPractice(Body(practice), now)
        val reminder = """{"name": "Przypomnienie",
            "timing": {"kind": "reminder", "steps": [{"days_before": 1, "at": "10:00"}]},
            "bodies": {"default": "(imie), czekamy (data) o (godzina). Odpisz TAK lub NIE."}}"""
        engine.createCampaign(CLINIC, reception, "przypomnienie", reminder, now)
        engine.activate(CLINIC, reception, "przypomnienie", now)
    }

    fun register(id: String, first: String, last: String, phone: String) {
        val yes = Consents(visits = Consent(true, now, ConsentSource.PERSON))
        tell(Fact.Patient(Patient(id, ++revision, Name(first), Name(last), phone = Phone(phone), consents = yes, status = PatientStatus.ACTIVE)))
    }

    /** Books a visit, or moves one that is there: the host's revision says which is newer. */
    fun book(id: String, patient: String, start: String) =
        tell(Fact.Visit(Visit(id, ++revision, patient, LocalDateTime.parse(start), state = VisitState.BOOKED)))

    fun callOff(id: String, patient: String, start: String) =
        tell(Fact.Visit(Visit(id, ++revision, patient, LocalDateTime.parse(start), state = VisitState.CANCELLED)))

    fun confirmByHand(visit: String) = tell(Fact.ConfirmationSet(visit, Reply.YES, "recepcja"))

    fun answered(phone: String, text: String) {
        val sms = SmsReceived("printer", from = Phone(phone), to = "48500100200", body = Body(text), receivedAt = now)
        engine.smsReceived(sms, now)
        show()
    }

    private fun tell(fact: Fact) {
        engine.apply(CLINIC, listOf(fact), now)
        show()
    }

    /** Lets time run until a moment, doing what is due on the way. */
    fun until(moment: String) {
        val end = Instant.parse(moment)
        while (true) {
            val due = engine.nextDue() ?: break
            if (due > end) break
            now = maxOf(now, due)
            engine.work(now, 100)
            engine.dispatch(now, 100)
            show()
        }
        now = end
    }

    /** What the engine decided since the last look. */
    private fun show() {
        for (event in engine.events(CLINIC, seen, 1_000)) {
            seen = event.no
            when (val what = event.what) {
                is Happening.VisitAnswered -> println("  calendar: visit ${what.visit} answered ${what.reply}")
                is Happening.ConfirmationVoid -> println("  calendar: visit ${what.visit} moved, its answer no longer holds")
                is Happening.MessageChanged ->
                    if (what.reason != null) println("  message ${what.message}: ${what.status}, ${what.reason?.javaClass?.simpleName}")
                else -> Unit
            }
        }
    }

    fun overview(vararg visits: String) {
        for (id in visits) {
            val visit = engine.visit(CLINIC, id, reception) ?: continue
            val messages = engine.messagesOfVisit(CLINIC, id, reception).groupingBy { it.status }.eachCount()
            println("  visit $id at ${visit.visit.start}: ${visit.visit.state}, answer ${visit.confirmation?.reply ?: "none"}, messages $messages")
        }
    }
}

fun main() {
    GatewayLink.ofHost("printer", Printer()).use { gateway ->
        Engine.open("memory:", listOf(gateway)).use { engine ->
            val desk = Desk(engine, Instant.parse("2026-11-16T08:00:00Z"))
            desk.open()

            println("Monday: three visits are booked")
            desk.register("1", "Łucja", "Żak", "501 234 567")
            desk.register("2", "Jan", "Nowak", "502 345 678")
            desk.register("3", "Ewa", "Lis", "503 456 789")
            desk.book("v1", "1", "2026-11-20T12:30:00")
            desk.book("v2", "2", "2026-11-20T14:00:00")
            desk.book("v3", "3", "2026-11-20T15:00:00")

            println("Tuesday: one moves, one is called off")
            desk.until("2026-11-17T09:00:00Z")
            desk.book("v2", "2", "2026-11-20T16:15:00")
            desk.callOff("v3", "3", "2026-11-20T15:00:00")

            println("Thursday: reminders go out, an answer comes back")
            desk.until("2026-11-19T09:30:00Z")
            desk.answered("+48501234567", "TAK")
            desk.confirmByHand("v2")

            println("Thursday, later: the confirmed visit moves")
            desk.book("v1", "1", "2026-11-23T12:30:00")
            desk.until("2026-11-22T12:00:00Z")

            println("In the end")
            desk.overview("v1", "v2", "v3")
        }
    }
}
