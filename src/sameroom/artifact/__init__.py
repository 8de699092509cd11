"""Project -> Artifact: from a lock file to a zip that Lambda runs, the same bytes every time.

    resolve -> fetch -> slim -> compile -> archive, proved by importing it

>>> from sameroom.artifact.building import Wish, build
>>> artifact = build(load(Path.cwd(), Choices()), Wish(), teller)

Nothing is imported here: a build that finds nothing to do is done before most of this room would be loaded.
"""
