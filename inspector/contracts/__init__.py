"""Contracts: what the payloads of each pattern are, inferred from traffic.

::

    exchanges ─► Gathering (shapes) ─► Contract (schemas) ─► JSON, JSON Schema, …
    exchanges, Contract ─► violations

asyncapi     a contract as AsyncAPI 3.0
typescript   … as TypeScript, with a controller and a client of Nest
python       … as Python, with a service and a client of ``servers``
declaring    … as types, in whatever language these are written
json_schema  … as JSON Schema, and the names that all of these have
naming       routes and keys to names of types, methods and fields
checking     exchanges to violations of a contract
document     a contract as a document, read and written
gathering    exchanges to the shapes of their patterns
"""
