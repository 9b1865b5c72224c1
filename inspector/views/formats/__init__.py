"""The output formats: a file for each, named as ``--format`` names it.

table      views for people
csv        exchanges or services for a spreadsheet
csv_raw    … and for a program, with every text as it travelled
json       JSON lines, the contract of docs/output.md
ecs        … and those of the Elastic Common Schema
json_schema  a contract as JSON Schema
asyncapi   … as AsyncAPI
typescript  … as TypeScript for Nest
python     … as Python for ``servers``
junit      a report as a test suite, for continuous integration
github     … as annotations of a workflow
markdown   … or a comparison, as a summary for a pull request
mermaid    a ladder or a map of services as a diagram, for a document

What a format is: :mod:`inspector.views.output_format`. How to add one: CONTRIBUTING.md.
"""
