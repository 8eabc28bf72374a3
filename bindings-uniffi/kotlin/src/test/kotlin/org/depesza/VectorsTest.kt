// Every case of vectors/, by its id, against this binding; as many as each file says.

package org.depesza

import com.fasterxml.jackson.databind.JsonNode
import com.fasterxml.jackson.databind.node.ObjectNode
import org.junit.jupiter.api.AfterAll
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import java.io.File
import java.time.LocalDateTime

/** An error of the library, as the vectors write it. */
private class Refused(val error: JsonNode) : Exception()

class VectorsTest {
    companion object {
        private val ran = HashSet<String>()

        /** A file that appears in vectors/ and that no test here runs fails, and so does a room that is gone. */
        @JvmStatic
        @AfterAll
        fun everyRoomWasRun() {
            val there = File(repository, "vectors").list().orEmpty().toSet() - "README.md"
            assertEquals(there, ran.map { "$it.json" }.toSet(), "rooms of vectors/ that were run")
        }
    }

    private fun run(room: String, exactly: Boolean, answer: (JsonNode) -> JsonNode) {
        val file = json.readTree(File(repository, "vectors/$room.json"))
        val ids = HashSet<String>()
        val wrong = ArrayList<String>()
        for (case in file["cases"]) {
            val id = case["id"].textValue()
            assertTrue(ids.add(id), "$id stands twice")
            val got = try {
                Pair("expect", answer(case))
            } catch (refused: Refused) {
                Pair("error", refused.error)
            }
            val wanted = case[got.first]
            val holds = wanted != null && (if (exactly) wanted == got.second else matches(wanted, got.second))
            if (!holds) wrong.add("$id (${case["why"].textValue()}): got ${got.first} ${got.second}")
        }
        assertTrue(wrong.isEmpty(), "${wrong.size} cases of $room:\n${wrong.joinToString("\n")}")
        assertEquals(file["count"].intValue(), ids.size, "cases that ran")
        ran.add(room)
    }

    @Test
    fun `text`() = run("text", exactly = false) { case ->
        val input = case["input"]
        val text = full(input["text"])
        val bits = bits(input["reference_bits"])
        try {
            when (case["operation"].textValue()) {
                "segments" -> wire(segments(text, bits))
                "costly" -> objectOf("characters" to costly(text))
                "links" -> objectOf("links" to links(text))
                "split" -> objectOf("parts" to split(text, splitOptions(input["options"])))
                "transliterate" -> transliterated(input, text)
                "finish" -> wire(finish(text, diacritics(input["diacritics"]), bits))
                "advice" -> wire(advice(text, bits))
                else -> error("unknown operation")
            }
        } catch (e: TextException.TooLong) {
            throw Refused(objectOf("code" to "too_long", "parts" to e.parts))
        } catch (e: TextException.NotGsm7) {
            throw Refused(objectOf("code" to "not_gsm7", "at" to e.at))
        }
    }

    private fun transliterated(input: JsonNode, text: String): JsonNode {
        val missing = when {
            !input.has("missing") -> null
            input["missing"].isObject -> Missing.Replace(input["missing"]["replace"].textValue())
            input["missing"].textValue() == "drop" -> Missing.Drop
            else -> Missing.Keep
        }
        val overrides = input["overrides"]?.properties().orEmpty()
            .map { (character, text) -> CharacterOverride(character, text.textValue()) }
        val done = transliterate(text, missing, overrides)
        val node = wire(done) as ObjectNode
        for ((place, replaced) in done.replaced.withIndex()) {
            val at = node["replaced"][place] as ObjectNode
            at.set<JsonNode>("range", objectOf("start" to replaced.start, "end" to replaced.end))
        }
        return node
    }

    private fun bits(node: JsonNode?) = when (node?.intValue()) {
        16 -> ReferenceBits.SIXTEEN
        8 -> ReferenceBits.EIGHT
        else -> null
    }

    private fun diacritics(node: JsonNode?) = Diacritics.valueOf((node?.textValue() ?: "plain").uppercase())

    private fun splitOptions(node: JsonNode?) = SplitOptions(
        bits(node?.get("reference_bits")) ?: ReferenceBits.EIGHT,
        Clusters.valueOf((node?.get("clusters")?.textValue() ?: "ignore").uppercase()),
        Links.valueOf((node?.get("links")?.textValue() ?: "ignore").uppercase()),
    )

    @Test
    fun `phone`() = run("phone", exactly = true) { case ->
        val input = case["input"]
        val number = Phone(input["text"].textValue())
        val policy = input["policy"]?.let {
            val default = defaultPhonePolicy()
            PhonePolicy(
                it["default_prefix"]?.textValue() ?: default.defaultPrefix,
                it["allowed_prefixes"]?.map(JsonNode::textValue) ?: default.allowedPrefixes,
            )
        }
        try {
            when (input["op"].textValue()) {
                "recipient" -> objectOf("e164" to recipient(number, policy))
                "parse" -> wire(parseNumber(number, policy))
                "withheld" -> wire(withheld(number))
                else -> error("unknown operation")
            }
        } catch (e: NumberException.NoNumber) {
            throw Refused(wire(e.fault))
        } catch (e: NumberException.NoRecipient) {
            throw Refused(wire(e.refusal))
        }
    }

    @Test
    fun `reply`() = run("reply", exactly = true) { case ->
        val policy = case["input"]["policy"]
        wire(
            classifyReply(
                Body(case["input"]["text"].textValue()),
                ReplyPolicy(
                    ReplyGrammar.valueOf((policy["grammar"]?.textValue() ?: "strict").uppercase()),
                    policy["languages"]?.map { ReplyLanguage.valueOf(it.textValue().uppercase()) }.orEmpty(),
                ),
            ),
        )
    }

    @Test
    fun `template`() = run("template", exactly = true) { case ->
        val input = case["input"]
        try {
            when (case["operation"].textValue()) {
                "compile" -> objectOf("placeholders" to template(input).placeholders())
                "render" -> objectOf("text" to rendered(input))
                "finish" -> wire(finish(rendered(input).reveal(), diacritics(input["diacritics"]), bits(input["reference_bits"])))
                "link" -> {
                    catalogue(input, links(input["links"]) + link(input["link"]))
                    objectOf()
                }
                else -> error("unknown operation")
            }
        } catch (e: TemplateException.FaultyBody) {
            throw Refused(wire(e.faults))
        } catch (e: TemplateException.FaultyMarker) {
            throw Refused(wire(e.faults))
        } catch (e: TemplateException.MissingValue) {
            throw Refused(json.createArrayNode().add(objectOf("code" to "missing_value", "placeholder" to e.placeholder)))
        }
    }

    private fun link(node: JsonNode) = LinkMarker(node["name"].textValue(), node["url"].textValue())

    private fun links(node: JsonNode?) = node?.map(::link).orEmpty()

    private fun catalogue(input: JsonNode, links: List<LinkMarker>): Catalogue {
        val custom = input["custom"]?.map {
            val description = it["description"]
            CustomPlaceholder(
                it["name"].textValue(),
                LocalText(description["pl"].textValue(), description["en"].textValue()),
                it["sample"].textValue(),
            )
        }.orEmpty()
        return Catalogue(TemplateSubject.valueOf(input["subject"].textValue().uppercase()), links, custom)
    }

    private fun template(input: JsonNode) =
        Template(input["body"]?.textValue().orEmpty(), catalogue(input, links(input["links"])))

    private fun rendered(input: JsonNode): Body {
        val values = input["values"] ?: json.createObjectNode()
        fun text(key: String): String? = values[key]?.textValue()
        val language = input["language"]?.let { Language.valueOf(it.textValue().uppercase()) }
        val extra = values["extra"]?.properties().orEmpty().associate { (name, value) -> name to Body(value.textValue()) }
        val template = template(input)
        if (input["subject"].textValue() == "calls") {
            return template.renderCall(
                CallValues(
                    number = text("number")?.let(::Phone),
                    dialledNumber = text("dialled_number")?.let(::Phone),
                    start = text("start")?.let(LocalDateTime::parse),
                    talkS = values["talk_s"]?.intValue(),
                    language = language,
                    extra = extra,
                ),
            )
        }
        val visits = values["visits"]?.map {
            VisitDetail(
                LocalDateTime.parse(it["start"].textValue()),
                it["doctor"]?.let { doctor -> Name(doctor.textValue()) },
                it["room"]?.textValue(),
            )
        }.orEmpty()
        return template.render(
            VisitValues(
                visits = visits,
                firstName = text("first_name")?.let(::Name),
                firstNameVocative = text("first_name_vocative")?.let(::Name),
                lastName = text("last_name")?.let(::Name),
                practice = text("practice"),
                address = text("address"),
                phone = text("phone"),
                language = language,
                extra = extra,
            ),
        )
    }
}
