"""Which folders are the front end's alone, so that a change in them is none of the app's."""

from __future__ import annotations

from ...project import Project


def sources(project: Project) -> tuple[str, ...]:
    """Folders below the project's, with slashes: the site's, and the one that its build is in (package.json).

    None that holds the app.
    """
    site = project.settings.site
    if site is None:
        return ()
    top, root = project.folder.resolve(), project.app.root.resolve()
    folder = (top / site.folder).resolve()
    found = []
    for place in (folder, *folder.parents):
        if place == top or not place.is_relative_to(top):
            break
        if (place == folder or (place / "package.json").is_file()) and not root.is_relative_to(place):
            found.append(place.relative_to(top).as_posix())
    return tuple(found)
