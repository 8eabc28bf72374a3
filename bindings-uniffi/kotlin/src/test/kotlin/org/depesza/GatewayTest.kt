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
