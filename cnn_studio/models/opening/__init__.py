"""Model files of other people: told apart, tried where they can do no harm, and opened as runs.

A file goes this way: `kinds` says what it is, `found` reads it and what describes it, `trial` has
a process of its own try it, and `opened` puts it into a folder like a run's, which all the rest of
the studio knows how to use. Nothing of it runs code that a file brings along.
"""
