"""The addresses of the API. What is behind them is in ``app.models``."""
