// A store written in Kotlin: the core's suite, and what happens when it throws at any of its calls.

package org.depesza

import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

class StoreTest {
    @Test
    fun `a store in Kotlin keeps every promise of the suite`() {
        val checked = checkStore(object : StoreSource {
            override fun open(): Store = KotlinStore()
        })
        assertEquals(emptyList<String>(), checked.broken)
        assertTrue(checked.checked > 20, "${checked.checked} promises")
    }

    @Test
    fun `the suite finds a store that does not`() {
        val checked = checkStore(object : StoreSource {
            // it loses what it is told to take away
            override fun open(): Store = object : KotlinStore() {
                override fun commit(commit: Commit): Long =
                    super.commit(commit.copy(writes = commit.writes.map { it.copy(remove = emptyList()) }))
            }
        })
        assertFalse(checked.broken.isEmpty())
    }

    /** When a store throws at one of its calls. */
    private enum class Throws { BEFORE, AFTER_COMMIT, ERROR_BEFORE }

    private class Throwing(private val at: Int, private val how: Throws) : KotlinStore() {
        private var calls = 0
        var thrown = false

        private fun <T> called(isCommit: Boolean, call: () -> T): T {
            calls += 1
            if (calls != at) return call()
            if (how == Throws.AFTER_COMMIT && !isCommit) return call()
            thrown = true
            if (how == Throws.AFTER_COMMIT) call()
            val says = "connection lost while writing $NUMBER"
            // what is no Exception is caught by other code of the bridge, or by none
            throw if (how == Throws.ERROR_BEFORE) AssertionError(says) else IllegalStateException(says)
        }

        override fun version(practice: String) = called(false) { super.version(practice) }
        override fun read(practice: String, rows: List<Row>) = called(false) { super.read(practice, rows) }
        override fun list(practice: String, table: Int, from: String, to: String, limit: Int) =
            called(false) { super.list(practice, table, from, to, limit) }
        override fun scan(practice: String, scan: Scan) = called(false) { super.scan(practice, scan) }
        override fun commit(commit: Commit) = called(true) { super.commit(commit) }
        override fun find(index: String, key: Body) = called(false) { super.find(index, key) }
        override fun due(queue: String, before: Body, limit: Int) = called(false) { super.due(queue, before, limit) }
    }

    /** Does a step; one that failed is done again, as a host does it. Returns how often the store failed. */
    private fun again(step: () -> Unit): Int = try {
        step()
        0
    } catch (e: EngineException.StoreFailed) {
        assertEquals("store_unavailable", e.refusal.code)
        assertFalse(NUMBER in e.toString(), "the exception's text went on")
        step()
        1
    }

    @Test
    fun `wherever it throws, the engine says so and nothing is lost or sent twice`() {
        for (how in Throws.entries) {
            var at = 0
            do {
                at += 1
                val store = Throwing(at, how)
                val gateway = Taking()
                val engine = Engine.overStore(store, listOf(GatewayLink.ofHost("g", gateway)))
                var failed = 0
                failed += again { engine.openPractice(practice("p"), MONDAY) }
                failed += again {
                    try {
                        engine.createCampaign("p", DESK, "c", REMINDER, MONDAY)
                    } catch (e: EngineException.Refused) {
                        assertEquals("campaign_exists", e.refusal.code)
                    }
                }
                failed += again {
                    try {
                        engine.activate("p", DESK, "c", MONDAY)
                    } catch (e: EngineException.Refused) {
                        assertEquals("campaign_step", e.refusal.code)
                    }
                }
                failed += again { engine.apply("p", listOf(patient(), visit()), MONDAY) }
                failed += again { engine.runAt(THURSDAY) }
                // long after, when every lease has run out
                val later = THURSDAY.plusSeconds(3600)
                failed += again { engine.runAt(later) }
                var messages = emptyList<Message>()
                failed += again { messages = engine.messagesOfVisit("p", "120") }
                assertEquals(1, messages.size, "$how $at")
                if (how != Throws.AFTER_COMMIT) {
                    assertEquals(1, gateway.taken.size, "$how $at")
                    assertTrue(messages[0].status in setOf(Status.SUBMITTED, Status.IN_DOUBT), "$how $at: ${messages[0].status}")
                } else {
                    assertTrue(gateway.taken.size <= 1, "$how $at")
                    val known = gateway.taken.size == 1 || messages[0].status == Status.IN_DOUBT
                    assertTrue(known, "$how $at: ${messages[0].status}")
                }
                assertTrue(failed <= 1)
            } while (store.thrown || (how == Throws.AFTER_COMMIT && at < 120))
            assertTrue(at > 20, "$how: only $at calls")
        }
    }
}
