// Numbers that the engine has from 0 on, in types that have a sign: the generated code looks at each by this (mend-generated).

package org.depesza

/** Refuses a number that the engine's type does not hold, by the name of its field or argument. */
internal fun unsigned(field: String, value: Long?, most: Long) {
    if (value == null || value in 0..most) return
    throw EngineException.Faulty(Refusal("bad_arguments", "$field: expected a number from 0 to $most", field, emptyList()))
}
