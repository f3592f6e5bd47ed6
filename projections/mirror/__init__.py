"""The columnar mirror: acts, and what judging needs of them, as columns with whole patients together.

A projection of the log like any other: it may be thrown away and is made again. What is here knows the facts and no
rulebook, so the same mirror serves every text and every reading.
"""
