// Vectors are JSON; this is how the binding's values stand in them. Not allowed here: anything of a rule.

package org.depesza

import com.fasterxml.jackson.databind.DeserializationFeature
import com.fasterxml.jackson.databind.JsonNode
import com.fasterxml.jackson.databind.ObjectMapper
import com.fasterxml.jackson.databind.node.ArrayNode
import com.fasterxml.jackson.databind.node.BooleanNode
import com.fasterxml.jackson.databind.node.LongNode
import com.fasterxml.jackson.databind.node.NullNode
import com.fasterxml.jackson.databind.node.ObjectNode
import com.fasterxml.jackson.databind.node.TextNode
import java.io.File
import java.lang.reflect.Modifier

val json: ObjectMapper = ObjectMapper().enable(DeserializationFeature.USE_LONG_FOR_INTS)

val repository: File = File(System.getProperty("repository"))

/** The key under which an enum's variant stands, where it is an object on the wire. */
private val TAGS = mapOf("TemplateFaultKind" to "code", "MarkerFault" to "code", "NumberRefusal" to "reason")

private fun snake(name: String): String = name.replace(Regex("(?<=[a-z0-9])([A-Z])"), "_$1").lowercase()

private fun fields(value: Any, into: ObjectNode): ObjectNode {
    for (field in value.javaClass.declaredFields) {
        if (Modifier.isStatic(field.modifiers)) continue
        field.isAccessible = true
        val of = field.get(value)
        // the one flattened field among what vectors compare
        if (value is TemplateFault && field.name == "kind") into.setAll<ObjectNode>(wire(of) as ObjectNode)
        else into.set<JsonNode>(snake(field.name), wire(of))
    }
    return into
}

/** A value as its wire form. */
fun wire(value: Any?): JsonNode = when (value) {
    null -> NullNode.instance
    is String -> TextNode(value)
    is Redacted -> TextNode(value.reveal())
    is Boolean -> BooleanNode.valueOf(value)
    is Int -> LongNode(value.toLong())
    is Long -> LongNode(value)
    is List<*> -> json.createArrayNode().addAll(value.map(::wire))
    is SmsEncoding -> TextNode(if (value == SmsEncoding.GSM7) "GSM-7" else "UCS-2")
    is Enum<*> -> TextNode(value.name.lowercase())
    else -> {
        val tag = TAGS[value.javaClass.superclass.simpleName]
        val node = json.createObjectNode()
        if (tag != null) node.put(tag, snake(value.javaClass.simpleName))
        fields(value, node)
    }
}

/** A text of the vectors, written out. */
fun full(text: JsonNode): String = when {
    text.isTextual -> text.textValue()
    text.isArray -> text.joinToString("") { full(it) }
    else -> text["repeat"].textValue().repeat(text["times"].intValue())
}

/** Whether an answer is as expected; an object names only the keys that are compared. */
fun matches(expected: JsonNode, got: JsonNode?): Boolean = when {
    got == null -> false
    expected is ArrayNode && got.isTextual -> full(expected) == got.textValue()
    expected is ObjectNode && got is ObjectNode -> expected.properties().all { (key, value) -> matches(value, got[key]) }
    expected is ArrayNode && got is ArrayNode ->
        expected.size() == got.size() && expected.zip(got).all { (a, b) -> matches(a, b) }
    else -> expected == got
}

fun objectOf(vararg of: Pair<String, Any?>): ObjectNode {
    val node = json.createObjectNode()
    of.forEach { (key, value) -> node.set<JsonNode>(key, if (value is JsonNode) value else wire(value)) }
    return node
}
