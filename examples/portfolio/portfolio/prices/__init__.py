"""Where prices come from.

`feed` what a provider does · `yahoo` Yahoo Finance · `folder` CSV files · `fixed` made up, for tests and seed
data · `updating` prices fetched and kept
"""
