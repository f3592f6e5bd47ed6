"""Judging again by columns: a rulebook as tables of integers, and one interpreter that runs them over the mirror.

The same decisions as the reference evaluator (`projections.rules`), act by act and clause by clause, without the words:
what a decision rests on is told by folding its patient again with the reference.
"""
