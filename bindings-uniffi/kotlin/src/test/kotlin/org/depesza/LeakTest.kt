// Nothing is kept of a call: what the process holds does not grow with calls. A million with -Dcalls=1000000.

package org.depesza

import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import java.io.File

class LeakTest {
    /** Resident memory, in bytes; what the collector could give back, it was asked to. */
    private fun resident(): Long {
        repeat(3) { System.gc() }
        return File("/proc/self/statm").readText().split(" ")[1].toLong() * 4096
    }

    @Test
    fun `memory stays where it was`() {
        val calls = System.getProperty("calls").toInt()
        val gateway = Taking()
        val engine = Engine.open("memory:", listOf(GatewayLink.ofHost("g", gateway)))
        engine.begin("p")
        engine.apply("p", listOf(patient(), visit()), MONDAY)
        val template = Template("(imie), czekamy (data).", Catalogue(TemplateSubject.VISITS, emptyList(), emptyList()))
        val values = VisitValues(firstName = Name("Łucja"), visits = listOf(VisitDetail(java.time.LocalDateTime.MIN.withYear(2026))))

        // a store in Kotlin: rows cross both ways; of three reads one throws what is declared, one what is not
        var reads = 0
        var throwing = false
        val foreign = Engine.overStore(object : KotlinStore() {
            override fun read(practice: String, rows: List<Row>): List<Body?> {
                reads += 1
                return when (if (throwing) reads % 3 else 0) {
                    1 -> throw StoreException.Unavailable("no connection")
                    2 -> throw IllegalStateException("no connection")
                    else -> super.read(practice, rows)
                }
            }
        }, listOf(GatewayLink.ofHost("g", gateway)))
        foreign.begin("p")
        foreign.apply("p", listOf(patient(), visit()), MONDAY)
        // another, which takes whole commits and stores none of them
        var commits = 0
        val refusing = Engine.overStore(object : KotlinStore() {
            override fun commit(commit: Commit): Long {
                if (!throwing) return super.commit(commit)
                commits += 1
                return if (commits % 2 == 0) throw AssertionError("no connection") else 0
            }
        }, listOf(GatewayLink.ofHost("g", gateway)))
        refusing.begin("p")
        throwing = true
        var failed = 0
        var refused = 0

        fun refuses(call: () -> Unit) {
            try {
                call()
            } catch (_: EngineException) {
                refused += 1
            }
        }

        // errors, objects, records with optional fields, callbacks and their exceptions, texts in and out
        fun round() {
            segments("Przypominamy o wizycie w środę")
            template.render(values)
            engine.visit("p", "120")
            engine.nextDue()
            refuses { engine.visit("x", "1") }
            refuses { engine.events("p", -1, 10) }
            refuses { zone("GMT+02:00") }
            refuses { engine.apply("p", listOf(visit(id = "")), MONDAY) }
            refuses { refusing.apply("p", listOf(patient(), visit()), MONDAY) }
            engine.apply("p", listOf(patient(), visit()), MONDAY)
            Catalogue(TemplateSubject.CALLS, emptyList(), emptyList()).close()
            GatewayLink.ofHost("h", gateway).close()
            engine.call("campaigns", Body("""{"practice": "p"}"""))
            try {
                foreign.visit("p", "120")
            } catch (_: EngineException.StoreFailed) {
                failed += 1
            }
        }

        val each = 14
        repeat(20_000 / each) { round() }
        val before = resident()
        repeat(calls / each) { round() }
        val grown = resident() - before
        assertTrue(failed > calls / each / 3, "the store threw $failed times")
        assertTrue(refused >= 5 * (calls / each), "$refused calls were refused")
        assertTrue(commits >= calls / each, "$commits commits")
        println("$calls calls: resident memory grew by ${grown / 1024} KiB of ${before / 1024}")
        // a leak of 200 bytes a call would be 20 MB in the short run, 200 MB in the long one
        assertTrue(grown < 16 * 1024 * 1024, "resident memory grew by ${grown / 1024} KiB in $calls calls")
    }
}
