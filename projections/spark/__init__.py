"""Judging on more than one machine: the mirror's pieces handed out by Spark, each judged as on one.

`judge(batches) -> batches` is the whole of it: Arrow record batches of rows in, of decisions out. A plain loop runs it,
and so does Spark's `DataFrame.mapInArrow`; it does not know which. Only `running` knows Spark, and imports it when it
is asked to run: nobody else needs it installed, nor Java.
"""
