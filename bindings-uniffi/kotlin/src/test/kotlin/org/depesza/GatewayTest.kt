// A gateway written in Kotlin, and what happens when it throws.

package org.depesza

import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

class GatewayTest {
    private fun told(gateway: Gateway): Engine {
        val engine = Engine.open("memory:", listOf(GatewayLink.ofHost("g", gateway)))
        engine.begin("p")
        engine.apply("p", listOf(patient(), visit()), MONDAY)
        return engine
    }

    private fun Engine.only(): Message = messagesOfVisit("p", "120").single()

    @Test
    fun `what it takes is sent once, in GSM-7, with a reference of ours`() {
        val gateway = Taking()
        val engine = told(gateway)
        engine.runAt(THURSDAY)
        engine.runAt(THURSDAY.plusSeconds(60))
        val taken = gateway.taken.single()
        assertEquals("Lucja, czekamy 20.11.2026 o 12:30. Odpisz TAK lub NIE.", taken.body.reveal())
        assertEquals(NUMBER, taken.to.reveal())
        assertEquals(SmsEncoding.GSM7, taken.encoding)
        assertEquals(Status.SUBMITTED, engine.only().status)
        assertEquals(taken.reference, engine.only().reference)
    }

    @Test
    fun `one that throws after it took a message is not called again, and a report settles it`() {
        val gateway = object : Taking() {
            override fun submit(batch: List<Submission>): List<SubmitResult> {
                super.submit(batch)
                throw IllegalStateException("time-out for ${batch[0].to.reveal()}")
            }
        }
        val engine = told(gateway)
        engine.work(THURSDAY, 100)
        val done = engine.dispatch(THURSDAY, 100)
        assertEquals(Dispatched(submitted = 1, accepted = 0, unknown = 1, more = false), done)
        engine.runAt(THURSDAY.plusSeconds(3600))
        assertEquals(1, gateway.taken.size)
        val message = engine.only()
        assertEquals(Status.IN_DOUBT, message.status)
        assertTrue(engine.events("p", 0, 100).any { (it.what as? Happening.MessageChanged)?.status == Status.IN_DOUBT })
        assertFalse("time-out" in engine.call("messages", Body("""{"practice": "p", "limit": 10}""")).reveal(), "the exception's text went on")

        val report = DeliveryReport(
            gateway = "g", reference = message.reference, state = DeliveryState.DELIVERED, at = THURSDAY, raw = Verbatim("DELIVRD"),
        )
        assertEquals(listOf<Outcome>(Outcome.Applied), engine.apply("p", listOf(Fact.DeliveryReport(report)), THURSDAY.plusSeconds(7200)))
        assertEquals(Status.DELIVERED, engine.only().status)
        assertEquals(1, gateway.taken.size)
    }

    @Test
    fun `one that throws its own exception has not answered either`() {
        val gateway = object : Taking() {
            override fun submit(batch: List<Submission>): List<SubmitResult> {
                super.submit(batch)
                throw GatewayException.NoAnswer("reset by peer")
            }
        }
        val engine = told(gateway)
        engine.runAt(THURSDAY)
        engine.runAt(THURSDAY.plusSeconds(3600))
        assertEquals(1, gateway.taken.size)
        assertEquals(Status.IN_DOUBT, engine.only().status)
    }

    /** What comes of a batch of which it took the first half; the answers, or what it throws. */
    private val halves: Map<String, (List<SubmitResult>) -> List<SubmitResult>> = mapOf(
        "its own exception" to { _ -> throw GatewayException.NoAnswer("reset by peer") },
        "another exception" to { _ -> throw IllegalStateException("time-out for $NUMBER") },
        "an Error" to { _ -> throw StackOverflowError() },
        "half the answers" to { half -> half },
    )

    @Test
    fun `one that fails in the middle of a batch leaves it in doubt, sends none of it again, and goes on`() {
        for ((name, fails) in halves) {
            var failing = true
            val gateway = object : Taking() {
                override fun submit(batch: List<Submission>): List<SubmitResult> {
                    if (!failing) return super.submit(batch)
                    failing = false
                    assertEquals(6, batch.size)
                    return fails(super.submit(batch.take(3)))
                }
            }
            val engine = Engine.open("memory:", listOf(GatewayLink.ofHost("g", gateway)))
            engine.begin("p")
            val told = (1..6).flatMap { listOf(patient("$it", "50100000$it"), visit("$it", "$it")) }
            engine.apply("p", told, MONDAY)
            engine.work(THURSDAY, 100)
            val done = engine.dispatch(THURSDAY, 100)
            val answered = if (name == "half the answers") 3L else 0L
            assertEquals(Dispatched(submitted = 6, accepted = answered, unknown = 6 - answered, more = false), done, name)
            for (hours in 1L..48) engine.runAt(THURSDAY.plusSeconds(hours * 3600))
            assertEquals(3, gateway.taken.size, name)
            val statuses = (1..6).map { engine.messagesOfVisit("p", "$it").single().status }
            assertEquals(answered.toInt(), statuses.count { it == Status.SUBMITTED }, name)
            assertEquals(6 - answered.toInt(), statuses.count { it == Status.IN_DOUBT }, name)

            // reports settle what it took; the rest waits for a person
            val later = THURSDAY.plusSeconds(49 * 3600)
            for (taken in gateway.taken.toList()) {
                val report = DeliveryReport("g", reference = taken.reference, state = DeliveryState.DELIVERED, at = later, raw = Verbatim(""))
                assertEquals(listOf<Outcome>(Outcome.Applied), engine.apply("p", listOf(Fact.DeliveryReport(report)), later), name)
            }
            val settled = (1..6).map { engine.messagesOfVisit("p", "$it").single().status }
            assertEquals(3, settled.count { it == Status.DELIVERED }, name)
            assertEquals(3, settled.count { it == Status.IN_DOUBT }, name)
            engine.apply("p", listOf(visit("7", "1", start = "2026-11-24T12:30:00")), later)
            engine.runAt(later.plusSeconds(2 * 86_400))
            assertEquals(Status.SUBMITTED, engine.messagesOfVisit("p", "7").single().status, name)
            assertEquals(4, gateway.taken.size, name)
        }
    }

    @Test
    fun `too few answers are unknown ones`() {
        val gateway = object : Taking() {
            override fun submit(batch: List<Submission>): List<SubmitResult> {
                super.submit(batch)
                return emptyList()
            }
        }
        val engine = told(gateway)
        engine.runAt(THURSDAY)
        engine.runAt(THURSDAY.plusSeconds(3600))
        assertEquals(1, gateway.taken.size)
        assertEquals(Status.IN_DOUBT, engine.only().status)
    }

    @Test
    fun `one that does not say what it can do is not taken`() {
        assertThrows(GatewayException.NoAnswer::class.java) {
            GatewayLink.ofHost("g", object : Taking() {
                override fun capabilities(): Capabilities = throw IllegalStateException("no configuration")
            })
        }
    }

    @Test
    fun `a provider's gateway is made from JSON, and refused by field`() {
        assertEquals("sms", GatewayLink.fromJson("""{"id": "sms", "kind": "smsapi", "token": "t"}""").id())
        val refused = assertThrows(EngineException.Faulty::class.java) {
            GatewayLink.fromJson("""{"id": "sms", "kind": "pigeon", "token": "very secret"}""")
        }
        assertEquals("kind", refused.refusal.field)
        assertFalse("very secret" in refused.toString())
    }
}
