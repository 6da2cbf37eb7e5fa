"""The generated data sets S and L, and how they come into being.

The actors (employees, products, mailings) are made by the ORM, and so is one record
of each kind of document: all columns that nothing below varies are copied from it, so
that rows look as the ORM would have written them. The rest is set-based SQL, whose
only chance is a hash of a number: the same source makes the same data set, its dates
counted back from the day it is built.
"""
