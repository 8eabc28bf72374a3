// A value that the engine cannot take is refused by the exception that the call declares; one that is stored can always be read.

package org.depesza

import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Test
import java.time.Instant
import java.time.LocalDate
import java.time.LocalDateTime
import java.time.ZoneId

class RefusalsTest {
    private val gateway = Taking()
    private val engine = Engine.open("memory:", listOf(GatewayLink.ofHost("g", gateway))).also { it.begin("p") }

    private fun faulty(code: String, field: String?, call: () -> Unit) {
        val refused = assertThrows(EngineException.Faulty::class.java) { call() }
        assertEquals(listOf(code, field), listOf(refused.refusal.code, refused.refusal.field))
    }

    private fun told(change: (Visit) -> Visit) {
        engine.apply("p", listOf(patient(), Fact.Visit(change(visit().v1))), MONDAY)
    }

    @Test
    fun `a local time or a day that no calendar has is refused by the fact and the field`() {
        val least = LocalDateTime.parse("0000-12-31T23:59:59.999999999")
        val most = LocalDateTime.parse("+10000-01-01T00:00:00")
        for (start in listOf(LocalDateTime.MAX, LocalDateTime.MIN, least, most, LocalDateTime.parse("+300000-01-01T00:00:00"))) {
            faulty("faulty_fact", "facts[1].start") { told { it.copy(start = start) } }
        }
        for (day in listOf(LocalDate.MAX, LocalDate.MIN)) {
            faulty("faulty_fact", "facts[0].birth_date") {
                engine.apply("p", listOf(Fact.Patient(patient().v1.copy(birthDate = day))), MONDAY)
            }
        }
        assertNull(engine.visit("p", "120"))
        told { it.copy(start = least.plusNanos(1)) }
        assertEquals(least.plusNanos(1), engine.visit("p", "120")?.visit?.start)
        told { it.copy(revision = 2, start = most.minusNanos(1)) }
        assertEquals(most.minusNanos(1), engine.visit("p", "120")?.visit?.start)
    }

    @Test
    fun `a zone is made by its name, and what is none is refused there`() {
        for (name in listOf("GMT+02:00", "+02:00", "Europe/Atlantis", "")) {
            faulty("bad_arguments", "zone") { zone(name) }
        }
        assertFalse("Atlantis" in assertThrows(EngineException.Faulty::class.java) { zone("Europe/Atlantis") }.toString())
        assertEquals(zone("Europe/Warsaw"), zone(ZoneId.of("Europe/Warsaw").id))
    }

    @Test
    fun `a visit in a zone that this JDK does not know is read`() {
        // java.time has EST only as an abbreviation that ZoneId.of refuses
        assertThrows(Exception::class.java) { ZoneId.of("EST") }
        told { it.copy(zone = zone("EST")) }
        val file = engine.visit("p", "120")!!
        assertEquals("EST", file.visit.zone?.name)
        assertEquals(Instant.parse("2026-11-20T17:30:00Z"), file.startsAt)
        // told again as it was read
        told { file.visit.copy(revision = 2) }
    }

    @Test
    fun `a second 60 is not stored`() {
        val facts = """[{"fact": "visit", "id": "120", "revision": 1, "patient": "7", "start": "2026-12-31T23:59:60"}]"""
        faulty("faulty_fact", "facts[0].start") {
            engine.call("apply", Body("""{"practice": "p", "now": "$MONDAY", "facts": $facts}"""))
        }
    }

    @Test
    fun `a negative number is refused by its name, where it is an argument or in a record`() {
        faulty("bad_arguments", "limit") { engine.dispatch(MONDAY, -1) }
        faulty("bad_arguments", "after") { engine.events("p", -1, 10) }
        faulty("bad_arguments", "message") { engine.message("p", Long.MIN_VALUE) }
        faulty("bad_arguments", "revision") { told { it.copy(revision = -1) } }
        faulty("bad_arguments", "duration_min") { told { it.copy(durationMin = -30) } }
        faulty("bad_arguments", "parts") { InboundPart(reference = 1, part = 1, parts = 256) }
        faulty("bad_arguments", "talk_s") { CallValues(talkS = -1) }
        faulty("bad_arguments", "parts") { SubmitResult.Accepted(listOf("p"), -1, null) }
        assertNull(engine.visit("p", "120"))
        assertNull(engine.message("p", Long.MAX_VALUE))
    }

    @Test
    fun `the greatest revision is told and read, and one more is refused`() {
        told { it.copy(revision = Long.MAX_VALUE) }
        assertEquals(Long.MAX_VALUE, engine.visit("p", "120")?.visit?.revision)
        val facts = """[{"fact": "visit", "id": "121", "revision": 9223372036854775808, "patient": "7", "start": "2026-12-31T12:00:00"}]"""
        faulty("faulty_fact", "facts[0].revision") {
            engine.call("apply", Body("""{"practice": "p", "now": "$MONDAY", "facts": $facts}"""))
        }
    }

    @Test
    fun `instants out of range are the nearest there is`() {
        engine.apply("p", listOf(patient(), Fact.Visit(visit().v1.copy(bookedAt = Instant.MIN))), MONDAY)
        assertEquals(Instant.parse("0000-01-01T00:00:00Z"), engine.visit("p", "120")?.visit?.bookedAt)
        engine.apply("p", listOf(Fact.Visit(visit(revision = 2).v1.copy(bookedAt = Instant.MAX))), MONDAY)
        assertEquals(Instant.parse("9999-12-31T23:59:59.999Z"), engine.visit("p", "120")?.visit?.bookedAt)
    }

    @Test
    fun `texts and templates refuse by exceptions of their own`() {
        for (character in listOf("", "ab", "e\u0301")) {
            val refused = assertThrows(TextException.NotOneCharacter::class.java) {
                transliterate("x", overrides = listOf(CharacterOverride("x", "y"), CharacterOverride(character, "a")))
            }
            assertEquals(1L, refused.place)
        }
        val visits = Template("(data)", Catalogue(TemplateSubject.VISITS, emptyList(), emptyList()))
        val times = listOf("2026-11-20T12:30:00", "2026-11-21T12:30:00").map { VisitDetail(LocalDateTime.parse(it)) }
        val refused = assertThrows(TemplateException.FaultyValue::class.java) {
            visits.render(VisitValues(visits = times + VisitDetail(LocalDateTime.MAX)))
        }
        assertEquals("visits[2].start", refused.field)
        val calls = Template("(godzina)", Catalogue(TemplateSubject.CALLS, emptyList(), emptyList()))
        assertEquals("start", assertThrows(TemplateException.FaultyValue::class.java) { calls.renderCall(CallValues(start = LocalDateTime.MIN)) }.field)
    }
}
