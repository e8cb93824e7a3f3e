"""Help: all keys on one sheet, a short tour, what the program is, and a report of a problem."""
