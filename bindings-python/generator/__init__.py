"""The generator of the engine's half of the package: data classes and typed operations from the JSON Schemas.

`schema.py` reads the schemas into what Python has for them, `types.py` says which type a schema is in Python and which
literal a default is, `model.py` writes the classes, `operations.py` the methods. Not allowed here: a name or a type that the
schemas do not have, but for the few tables at the heads of these files.
"""
