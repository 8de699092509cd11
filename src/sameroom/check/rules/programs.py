"""Programs that the app starts and Lambda does not have."""

from __future__ import annotations

import ast
import re
import shlex
from collections.abc import Iterator

from ..configured import text_of
from ..findings import Finding
from ..source import Module
from .reported import found

_STARTERS = re.compile(
    r"subprocess\.(run|call|check_call|check_output|Popen|getoutput|getstatusoutput)|os\.(system|popen)"
    r"|os\.(exec|spawn|posix_spawn)\w*|asyncio\.create_subprocess_(exec|shell)|pty\.spawn|sh\.\w+"
)
#: Amazon Linux 2023's minimal image, which Lambda's Pythons run on, has a shell, coreutils and these
#: (https://docs.aws.amazon.com/linux/al2023/ug/minimal-container.html).
_THERE = """
awk basename bash cat cd chmod cp curl cut date df dirname echo egrep env exit export expr false
gawk grep head hostname id ln ls md5sum mkdir mktemp mv nproc printf pwd python python3 readlink rm
rmdir sed seq set sh sha256sum sleep sort stat tail tee test touch tr true uname uniq wc whoami yes
"""
#: Neither there nor in any layer of AWS's own.
_MISSING = """
alembic apt apt-get aws celery chromedriver chromium convert crontab docker dot exiftool ffmpeg
ffprobe flask g++ gcc git google-chrome gs gunicorn identify inkscape java latex libreoffice lp
magick mail make mysql mysqldump nginx node nohup npm npx pandoc pdflatex pdftoppm pdftotext pg_dump
pg_restore phantomjs ping pip pip3 psql redis-cli redis-server rsync scp sendmail service soffice
ssh sudo supervisorctl systemctl tesseract unzip uwsgi wget wkhtmltoimage wkhtmltopdf yarn
youtube-dl yt-dlp zip
"""
THERE, MISSING = frozenset(_THERE.split()), frozenset(_MISSING.split())


def programs(module: Module) -> Iterator[Finding]:
    """Programs by name; what is put together at run time is not guessed at."""
    for node, name, _ in module.calls:
        if not _STARTERS.fullmatch(name) or not node.args:
            continue
        for program in dict.fromkeys(_started(node)):
            if program in MISSING:
                yield found(
                    module, "subprocess", node, f"{name}() starts {program}, which Lambda does not have."
                )
            elif program and program not in THERE:
                what = f"{name}() starts {program}, which Lambda may not have."
                yield found(module, "subprocess", node, what, sure=False)


def _started(node: ast.Call) -> Iterator[str]:
    """The programs that the first argument names, without their folders."""
    first = node.args[0]
    if isinstance(first, (ast.List, ast.Tuple)):
        words = [text_of(each) for each in first.elts]
        if words[:2] in (["sh", "-c"], ["bash", "-c"]) and words[2:]:
            yield from _in_shell(words[2])
        elif words and words[0]:
            yield _program(words[0])
    elif isinstance(first, ast.JoinedStr) and first.values:
        yield from list(_in_shell(text_of(first.values[0]) + " …"))[:1]
    elif isinstance(first, ast.BinOp) and isinstance(first.op, ast.Add):
        yield from list(_in_shell(text_of(first.left) + " …"))[:1]
    elif text_of(first):
        yield from _in_shell(text_of(first))


def _in_shell(command: str) -> Iterator[str]:
    for part in re.split(r"\|\|?|&&|;|\n", command):
        try:
            words = shlex.split(part)
        except ValueError:
            words = part.split()
        words = [word for word in words if not re.fullmatch(r"\w+=.*", word)]
        if words:
            yield _program(words[0])


def _program(word: str) -> str:
    """A program's name; "" for one of the project's own, by a path of its own, and for what is no name."""
    if not re.fullmatch(r"[\w./+-]+", word):
        return ""
    if "/" in word and not word.startswith(("/usr/", "/bin/", "/sbin/", "/opt/homebrew/")):
        return ""
    return word.rpartition("/")[2]
