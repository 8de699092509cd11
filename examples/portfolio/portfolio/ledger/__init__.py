"""Between the tables and the domain: entries are loaded from the one and walked by the other.

`loading` rows into entries and books · `keeping` gains, payouts and days made again after a change · `prices`
where prices are kept
"""
