"""Exchanges as columns: tables of Arrow, files of Parquet, and questions about them.

::

    exchanges ─► columns ─► arrays: a batch of Arrow ─► writing ─► files of Parquet
                                                           │ folders: which file, when
    files ─► relations: exchanges and ready views ─► queries: SQL, which only reads

pyarrow and DuckDB are extras, and loaded by arrays, row_files, writing, pieces and
queries alone.

columns    what a row has: names, types and units
reading    … and how each is read from exchanges
hiding     secrets in texts that are no payloads
ends       who asks and who is asked, of many exchanges at once
arrays     exchanges as batches of Arrow
folders    which files a folder has, and what the next is called
row_files  batches of rows as files of Parquet, complete or not there at all
writing    … and exchanges as such
pieces     exchanges of which it is known only later which count
relations  what SQL knows: the exchanges, and views of what is asked most
bounding   work that ends in time, or when somebody interrupts it
queries    SQL over files, which can neither write nor look at anything else
"""
