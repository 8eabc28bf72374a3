// What stands around a commit of a host's store: whatever comes out of one that stored nothing, the facts are not taken for stored,
// and the next turn goes on. And many threads at once.

package org.depesza

import com.sun.jna.Callback
import com.sun.jna.Native
import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.BeforeEach
import org.junit.jupiter.api.Test
import java.io.IOException
import java.util.concurrent.Callable
import java.util.concurrent.ConcurrentLinkedQueue
import java.util.concurrent.CountDownLatch
import java.util.concurrent.Executors
import java.util.concurrent.TimeUnit
import java.util.concurrent.atomic.AtomicInteger

class CommitTest {
    /** What the binding let through to JNA, which prints it and answers 0. */
    private val lost = ConcurrentLinkedQueue<Throwable>()
    private val handler = Native.getCallbackExceptionHandler()

    @BeforeEach
    fun watch() = Native.setCallbackExceptionHandler { _: Callback, e: Throwable -> lost.add(e) }

    @AfterEach
    fun look() {
        Native.setCallbackExceptionHandler(handler)
        assertEquals(emptyList<Throwable>(), lost.toList(), "nothing that was thrown leaves the binding")
    }

    /** What comes out of a commit that stored nothing, given the version that it was made at. */
    private val failures: Map<String, (Long) -> Long> = mapOf(
        "its own exception" to { _ -> throw StoreException.Unavailable("no connection") },
        "another exception" to { _ -> throw IllegalStateException("while writing $NUMBER") },
        "a checked exception" to { _ -> throw IOException("while writing $NUMBER") },
        "an interrupt" to { _ -> throw InterruptedException() },
        "an Error" to { _ -> throw AssertionError("while writing $NUMBER") },
        "no memory" to { _ -> throw OutOfMemoryError() },
        "no stack" to { version -> deep(version) },
        "a number that does not cross" to { _ -> -1 },
        "nothing" to { _ -> 0 },
        "the same version" to { version -> version },
        "a later version" to { version -> version + 2 },
    )

    private fun deep(version: Long): Long = 1 + deep(version + 1)

    /** Stores nothing at its `at`-th commit. */
    private class Failing(private val at: Int, private val fails: (Long) -> Long) : KotlinStore() {
        private var commits = 0
        var failed = false
        var over = false

        override fun commit(commit: Commit): Long {
            commits += 1
            if (over || commits != at) return super.commit(commit)
            failed = true
            return fails(commit.version)
        }
    }

    @Test
    fun `whatever comes of a commit, nothing is taken for stored, nothing goes out twice, and the next turn goes on`() {
        for ((name, fails) in failures) {
            var at = 0
            do {
                at += 1
                val store = Failing(at, fails)
                val gateway = Taking()
                val engine = Engine.overStore(store, listOf(GatewayLink.ofHost("g", gateway)))
                val steps = listOf(
                    { engine.openPractice(practice("p"), MONDAY) },
                    { engine.createCampaign("p", DESK, "c", REMINDER, MONDAY) },
                    { engine.activate("p", DESK, "c", MONDAY) },
                    { assertEquals(List(2) { Outcome.Applied }, engine.apply("p", listOf(patient(), visit()), MONDAY)) },
                    { engine.work(MONDAY, 100) },
                    { engine.work(THURSDAY, 100) },
                    { engine.dispatch(THURSDAY, 100) },
                )
                for ((place, step) in steps.withIndex()) {
                    val version = store.version("p")
                    try {
                        step()
                    } catch (e: EngineException.StoreFailed) {
                        assertTrue(store.failed, "$name $at")
                        assertEquals("store_unavailable", e.refusal.code)
                        assertFalse(NUMBER in e.toString(), "$name: the exception's text went on")
                        // a turn may have made commits before this one
                        if (place < 4) assertEquals(version, store.version("p"), "$name $at")
                        step()
                    }
                }
                store.over = true
                val later = THURSDAY.plusSeconds(3600)
                engine.runAt(later)
                val message = engine.messagesOfVisit("p", "120").single()
                assertEquals(1, gateway.taken.size, "$name $at")
                assertTrue(message.status in setOf(Status.SUBMITTED, Status.IN_DOUBT), "$name $at: ${message.status}")
                assertEquals((1L..engine.events("p", 0, 100).size).toList(), engine.events("p", 0, 100).map { it.no }, "$name $at")

                // and the next message goes out as if nothing had been
                engine.apply("p", listOf(visit("121", start = "2026-11-21T12:30:00")), later)
                engine.runAt(THURSDAY.plusSeconds(86_400))
                assertEquals(2, gateway.taken.size, "$name $at")
                assertEquals(Status.SUBMITTED, engine.messagesOfVisit("p", "121").single().status, "$name $at")
            } while (store.failed)
            assertTrue(at > 6, "$name: only $at commits")
        }
    }

    /** Holds the first commits until one of each thread has come, so that all but one of them find another version. */
    private class Meeting(threads: Int) : KotlinStore() {
        private val all = CountDownLatch(threads)
        private val came = ConcurrentLinkedQueue<Thread>()
        @Volatile
        var meets = false
        val conflicts = AtomicInteger()

        override fun commit(commit: Commit): Long {
            if (meets && Thread.currentThread() !in came) {
                came.add(Thread.currentThread())
                all.countDown()
                assertTrue(all.await(1, TimeUnit.MINUTES), "the others did not come")
            }
            try {
                return super.commit(commit)
            } catch (e: StoreException.Conflict) {
                conflicts.incrementAndGet()
                throw e
            }
        }
    }

    @Test
    fun `eight threads over a store in Kotlin meet at one version, and everything is sent once`() {
        val (threads, visits) = 8 to 10
        val store = Meeting(threads)
        val gateway = Taking()
        val engine = Engine.overStore(store, listOf(GatewayLink.ofHost("g", gateway)))
        engine.begin("p")
        val pool = Executors.newFixedThreadPool(threads)
        try {
            store.meets = true
            val tellers = (0 until threads).map { thread ->
                Callable {
                    for (n in 0 until visits) {
                        val id = "$thread-$n"
                        engine.apply("p", listOf(patient(id, "50%07d".format(thread * 1000 + n)), visit(id, id)), MONDAY)
                    }
                }
            }
            pool.invokeAll(tellers).forEach { it.get() }
            assertTrue(store.conflicts.get() >= threads - 1, "${store.conflicts} conflicts")
            // all turns at once, and some tell what they hear while others still send
            pool.invokeAll(
                (0 until threads).map { thread ->
                    Callable {
                        engine.runAt(THURSDAY)
                        for (n in 0 until visits) engine.apply("p", listOf(Fact.ConfirmationSet("$thread-$n", Reply.YES, "recepcja")), THURSDAY)
                        engine.runAt(THURSDAY)
                    }
                },
            ).forEach { it.get() }
        } finally {
            pool.shutdown()
            assertTrue(pool.awaitTermination(1, TimeUnit.MINUTES))
        }
        engine.runAt(THURSDAY.plusSeconds(3600))
        assertEquals(threads * visits, gateway.taken.size)
        assertEquals(threads * visits, gateway.taken.map { it.reference }.toSet().size)
        val numbers = generateSequence(engine.events("p", 0, 1000)) { page -> page.lastOrNull()?.let { engine.events("p", it.no, 1000) } }
            .takeWhile { it.isNotEmpty() }.flatten().map { it.no }.toList()
        assertEquals((1L..numbers.size).toList(), numbers)
        for (thread in 0 until threads) for (n in 0 until visits) {
            assertEquals(listOf(Status.SUBMITTED), engine.messagesOfVisit("p", "$thread-$n").map { it.status })
        }
    }
}
