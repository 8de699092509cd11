"""Distributions that advice knows by name."""

from __future__ import annotations


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


#: What the runtime has too.
SDK = ("boto3", "botocore", "s3transfer")

#: Serves on a developer's machine, or in CI.
DEVELOPMENT = _names(
    "bandit black build coverage debugpy factory-boy faker flake8 freezegun hypothesis ipdb ipykernel "
    "ipython isort jupyter jupyterlab moto mypy nox notebook pip pip-tools pre-commit pudb pylint pyright "
    "pytest pytest-cov pytest-django pytest-flask pytest-mock pytest-xdist responses ruff sphinx tox twine "
    "virtualenv watchdog wheel"
)
#: Listen on a port, which nothing does on Lambda.
SERVERS = _names(
    "bjoern cheroot daphne gunicorn httptools hypercorn mod-wsgi meinheld uvicorn uvloop uwsgi waitress"
)
#: Not to be imported any later: the app is made with them.
FRAMEWORKS = _names("bottle dash django falcon flask hug pyramid quart sameroom werkzeug")

#: Large distributions, and what is smaller. Each is true only where it is said to be.
CHEAPER = {
    "google-api-python-client": "Its descriptions of all of Google's services are most of it; the client of "
    "the one service that is called, or plain HTTP, is smaller.",
    "grpcio": 'Many of Google\'s clients take transport="rest", which does without it.',
    "matplotlib": "Charts can be drawn in the browser from JSON, or by a function of their own.",
    "numpy": "Where it only adds up and averages, math and statistics of the standard library do.",
    "opencv-python": "opencv-python-headless is the same without windows, which nobody sees on Lambda.",
    "opencv-contrib-python": "opencv-contrib-python-headless is the same without windows.",
    "pandas": "Where it only reads and writes CSV or JSON, csv and json of the standard library do; "
    "a report that runs now and then can be a function of its own.",
    "playwright": "A browser does not fit into a zip: use a container image (docs/concepts/image.md).",
    "pyarrow": "pandas can do without it, unless Parquet or Arrow is read here.",
    "scikit-learn": "A model can be a function of its own, or in a container image (docs/concepts/image.md).",
    "scipy": "Where one function of it is used, numpy or statistics may have it; or let a function of its "
    "own compute.",
    "sympy": "Where formulas are fixed, compute them once and keep the result.",
    "tensorflow": "To predict only, onnxruntime or a container image (docs/concepts/image.md) will do.",
    "torch": "To predict only, onnxruntime runs an exported model; or use a container image.",
    "transformers": "Where only text is split, tokenizers is enough.",
}

#: Need cryptography themselves.
CRYPTOGRAPHY_USERS = _names(
    "authlib azure-identity fido2 google-auth joserfc jwcrypto msal paramiko pgpy pyhanko pyopenssl "
    "python-jose service-identity snowflake-connector-python trustme webauthn"
)

#: Others bring these along, so that they cannot be left out by themselves.
NEEDED_BY = {
    "numpy": _names(
        "matplotlib opencv-python opencv-python-headless pandas scikit-learn scipy shapely xarray"
    ),
    "scipy": _names("scikit-learn statsmodels"),
}
