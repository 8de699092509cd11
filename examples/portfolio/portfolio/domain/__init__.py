"""What a portfolio is, in plain values and pure functions. Nothing here reads a disk, a clock or a database.

`money` how amounts are rounded · `entries` what happened · `book` what it makes of a position · `history`
each day · `returns` rates of return · `currency` dated exchange rates · `refusals` what is not taken.
"""
