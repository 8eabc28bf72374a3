// Facts, everyday operations, the door, refusals, threads.

package org.depesza

import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import java.time.Instant
import java.util.concurrent.Callable
import java.util.concurrent.Executors
import java.util.concurrent.TimeUnit

class EngineTest {
    private val gateway = Taking()
    private val engine = Engine.open("memory:", listOf(GatewayLink.ofHost("g", gateway)))

    @Test
    fun `a visit is booked, moved, reminded of and confirmed`() {
        engine.begin("p")
        val told = engine.apply("p", listOf(patient(), visit()), MONDAY)
        assertEquals(listOf<Outcome>(Outcome.Applied, Outcome.Applied), told)
        assertEquals(listOf<Outcome>(Outcome.Known), engine.apply("p", listOf(visit()), MONDAY))
        engine.apply("p", listOf(visit(revision = 2, start = "2026-11-20T15:00:00")), MONDAY.plusSeconds(60))
        engine.work(MONDAY.plusSeconds(60), 100)
        assertEquals(Instant.parse("2026-11-19T09:00:00Z"), engine.nextDue())
        engine.runAt(THURSDAY)
        assertTrue("15:00" in gateway.taken.single().body.reveal())

        val answer = SmsReceived(
            gateway = "g", from = Phone(NUMBER), to = "48500100200", body = Body("TAK"), receivedAt = THURSDAY.plusSeconds(60),
        )
        val routed = engine.smsReceived(answer, THURSDAY.plusSeconds(60)) as Routed.To
        assertEquals("p", routed.practice)
        val visit = engine.visit("p", "120")!!
        assertEquals(Reply.YES, visit.confirmation?.reply)
        assertEquals(Instant.parse("2026-11-20T14:00:00Z"), visit.startsAt)
        assertEquals(Instant.parse("2026-11-20T11:30:00Z"), visit.moved?.from)
        assertTrue(engine.events("p", 0, 100).any { (it.what as? Happening.VisitAnswered)?.reply == Reply.YES })

        val chat = engine.chat("p", "7", ChatShows.EXCHANGED, 10, user = DESK)
        assertEquals(listOf(Direction.INCOMING, Direction.OUTGOING), chat.rows.map { it.message.direction })
        assertEquals(Name("Łucja Żak"), chat.rows[0].patientName)
        assertEquals(1, engine.unreadTotal("p").count)
        engine.markRead("p", DESK, chat.rows[0].message.id, THURSDAY.plusSeconds(120))
        assertEquals(0, engine.unreadTotal("p").count)
        assertEquals(listOf("7"), engine.findPatients("p", Body("żak"), 10).map { it.id })
    }

    @Test
    fun `half a surrogate pair in an SMS becomes a replacement character`() {
        engine.begin("p")
        engine.apply("p", listOf(patient(), visit()), MONDAY)
        engine.runAt(THURSDAY)
        val at = THURSDAY.plusSeconds(60)
        engine.smsReceived(SmsReceived("g", from = Phone(NUMBER), to = "48500100200", body = Body("Spóźnię się \uD83D"), receivedAt = at), at)
        val chat = engine.chat("p", "7", ChatShows.EXCHANGED, 10, user = DESK)
        assertTrue(Body("Spóźnię się \uFFFD") in chat.rows.map { it.message.body })
    }

    @Test
    fun `the other facts are told typed, too`() {
        engine.begin("p")
        engine.apply("p", listOf(patient(), patient("8", "502 234 567"), visit()), MONDAY)
        val call = Call(
            system = "pbx", id = "c1", direction = CallDirection.INCOMING, caller = Phone("502234567"), called = Phone("123456789"),
            startedAt = MONDAY, endedAt = MONDAY.plusSeconds(20), ringS = 20, status = CallStatus.NO_ANSWER,
        )
        val facts = listOf(
            Fact.CallEnded(call),
            Fact.ConfirmationSet("120", Reply.NO, "recepcja"),
            Fact.PatientsMerged("8", "7"),
            Fact.AccountTold(AccountState("g", MONDAY, SmsMode.PREMIUM, messagesLeft = 100)),
        )
        assertEquals(List(4) { Outcome.Applied }, engine.apply("p", facts, MONDAY.plusSeconds(60)))
        assertEquals(Reply.NO, engine.visit("p", "120")?.confirmation?.reply)
        assertTrue("no_answer" in engine.call("call", Body("""{"practice": "p", "system": "pbx", "call": "c1"}""")).reveal())
    }

    @Test
    fun `a person writes, changes and takes back`() {
        engine.begin("p")
        engine.apply("p", listOf(patient()), MONDAY)
        val later = MONDAY.plusSeconds(7200)
        val id = engine.sendMessage("p", DESK, NewMessage(Recipient.Patient("7"), Body("Prosimy o telefon"), later, QuietHours.WARN), MONDAY)
        engine.editMessage("p", DESK, id, MessageEdit(text = Body("Prosimy oddzwonić"), hours = QuietHours.WARN), MONDAY)
        engine.cancelMessage("p", DESK, id, MONDAY)
        assertEquals(Status.CANCELLED, engine.message("p", id)?.status)
        assertEquals(Reason.Withdrawn, engine.message("p", id)?.reason)
        val page = engine.messages("p", MessageFilter(statuses = listOf(Status.CANCELLED)), 10)
        assertEquals(listOf(id), page.rows.map { it.message.id })
        assertNull(page.next)
    }

    @Test
    fun `refusals arrive as exceptions by what to do about them`() {
        assertEquals("unknown_practice", assertThrows(EngineException.NotKnown::class.java) { engine.visit("x", "1") }.refusal.code)
        engine.begin("p")
        val nobody = User("gość", emptyList())
        assertThrows(EngineException.NotPermitted::class.java) { engine.pause("p", nobody, "przypomnienie", MONDAY) }
        assertEquals(
            "campaign_exists",
            assertThrows(EngineException.Refused::class.java) { engine.createCampaign("p", DESK, "przypomnienie", REMINDER, MONDAY) }.refusal.code,
        )
        val faulty = assertThrows(EngineException.Faulty::class.java) {
            engine.createCampaign("p", DESK, "c", REMINDER.replace("(imie)", "(imei)"), MONDAY)
        }
        assertEquals("faulty_campaign", faulty.refusal.code)
        assertEquals("bodies.default", faulty.refusal.field)
        assertEquals(listOf("bodies.default"), faulty.refusal.faults.map { it.field })
        val fact = assertThrows(EngineException.Faulty::class.java) { engine.apply("p", listOf(patient(), visit(id = "")), MONDAY) }
        assertEquals("facts[1].id", fact.refusal.field)
        assertNull(engine.visit("p", "120"))
        val arguments = assertThrows(EngineException.Faulty::class.java) { engine.call("campaigns", Body("""{"practise": "p"}""")) }
        assertEquals("practice", arguments.refusal.field)
        assertEquals("unknown_method", assertThrows(EngineException.Faulty::class.java) { engine.call("fly", Body("{}")) }.refusal.code)
        val url = assertThrows(EngineException.StoreFailed::class.java) { Engine.open("mysql://root:hunter2@db/x", emptyList()) }
        assertFalse("hunter2" in url.toString())
    }

    @Test
    fun `the door has what has no method of its own`() {
        engine.begin("p")
        val campaigns = json.readTree(engine.call("campaigns", Body("""{"practice": "p"}""")).reveal())
        assertEquals("active", campaigns[0]["status"].textValue())
    }

    @Test
    fun `names, numbers and bodies do not print`() {
        engine.begin("p")
        engine.apply("p", listOf(patient(), visit()), MONDAY)
        engine.runAt(THURSDAY)
        val shown = listOf(
            patient(), engine.messagesOfVisit("p", "120"), engine.chat("p", "7", ChatShows.EXCHANGED, 10), gateway.taken,
            engine.findPatients("p", Body("żak"), 10), finish("Łucja", Diacritics.PLAIN),
        ).joinToString()
        for (secret in listOf("Łucja", "Lucja", "Żak", "501234567", "501 234 567", "czekamy")) assertFalse(secret in shown, secret)
        assertTrue("<redacted>" in shown)
    }

    @Test
    fun `rules are read, matched and explained`() {
        val toml = """
            [practice]
            id = "lipowa"
            name = "Centrum Lipowa"
            secret = "0123456789abcdef"

            [settings]
            senders = [{ id = "Lipowa" }]

            [[rules]]
            id = "missed"
            name = "Missed"
            body = "Oddzwonimy."
            when = { statuses = ["no_answer"], from_s = 10 }
        """.trimIndent()
        val rules = Rules(toml, Language.EN)
        val call = Call(
            system = "pbx", id = "c1", direction = CallDirection.INCOMING, startedAt = MONDAY, caller = Phone("501234567"),
            called = Phone("123456789"), endedAt = MONDAY.plusSeconds(20), ringS = 20, status = CallStatus.NO_ANSWER,
        )
        assertEquals(listOf("missed"), rules.active())
        assertEquals(listOf("missed"), rules.matching(call))
        val short = call.copy(ringS = 5)
        assertEquals(emptyList<String>(), rules.matching(short))
        val seconds = rules.explain(short).single().conditions.single { it.condition == CallCondition.SECONDS }
        assertFalse(seconds.met)
        assertEquals("5 s", seconds.saw)
        val faulty = assertThrows(RulesException.FaultyRules::class.java) { Rules(toml.replace("no_answer", "no_anwser"), Language.EN) }
        assertEquals(13L, faulty.faults.single().line)
    }

    @Test
    fun `batches render as single messages do`() {
        val template = Template("Dzień dobry (imie), czekamy (data|jutro).", Catalogue(TemplateSubject.VISITS, emptyList(), emptyList()))
        assertEquals(listOf("imie", "data"), template.fields())
        val batch = template.renderBatch(listOf(listOf("Łucja", "", "Jan"), listOf("", "22.11.2026", "")), Diacritics.PLAIN)
        assertEquals(listOf("Dzien dobry Lucja, czekamy jutro.", "", "Dzien dobry Jan, czekamy jutro."), batch.messages.map { it.reveal() })
        assertEquals(listOf(MissingRow(1, "imie")), batch.missing)
        assertEquals(listOf(1, 0, 1), batch.parts)
        assertThrows(TemplateException.FaultyColumns::class.java) { template.renderBatch(listOf(listOf("a")), Diacritics.PLAIN) }
        assertEquals(Name("Łucjo"), vocative(Name("Łucja")))
    }

    @Test
    fun `eight threads on one engine send everything once`() {
        val (threads, visits) = 8 to 25
        engine.begin("p")
        val pool = Executors.newFixedThreadPool(threads)
        try {
            val tellers = (0 until threads).map { thread ->
                Callable {
                    for (n in 0 until visits) {
                        val id = "$thread-$n"
                        engine.apply("p", listOf(patient(id, "50%07d".format(thread * 1000 + n)), visit(id, id)), MONDAY)
                    }
                }
            }
            pool.invokeAll(tellers).forEach { it.get() }
            pool.invokeAll((0 until threads).map { Callable { engine.runAt(THURSDAY) } }).forEach { it.get() }
            engine.runAt(THURSDAY)
        } finally {
            pool.shutdown()
            assertTrue(pool.awaitTermination(1, TimeUnit.MINUTES))
        }
        assertEquals(threads * visits, gateway.taken.size)
        assertEquals(threads * visits, gateway.taken.map { it.reference }.toSet().size)
        assertEquals((1L..engine.events("p", 0, 1000).size).toList(), engine.events("p", 0, 1000).map { it.no })
    }
}
