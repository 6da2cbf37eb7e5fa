"""Benchmarks: ``make bench`` runs them all, ``make bench B=P15`` one.

Each measures the suite against another way to do the same, both in one run and in
turn. The goals stand beside them; a goal that is missed is told, it fails nothing.
"""
