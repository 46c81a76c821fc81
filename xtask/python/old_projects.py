"""Projects from the days of Python 2, to try ``stc upgrade`` on; fetched from PyPI by name."""

import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

# None of them is Python 3. The first three are what parity was promised for.
PACKAGES = (
    "Django==1.3.7",
    "Django==1.1.4",
    "Twisted==10.2.0",
    "SQLAlchemy==0.5.8",
    "mercurial==2.6.2",
    "Trac==0.11.4",
    "Paste==1.7.5.1",
    "CherryPy==3.1.2",
    "web.py==0.37",
    "docutils==0.5",
    "Pygments==1.1.1",
    "Mako==0.3.6",
    "simplejson==2.1.6",
    "nose==1.0.0",
    "zope.interface==3.6.1",
    "BeautifulSoup==3.2.1",
    "PyYAML==3.10",
    "ply==3.4",
    "scons==2.3.0",
    "gevent==0.13.8",
    "roundup==1.4.20",
    "pyparsing==1.5.2",
    "Routes==1.12.3",
    "boto==1.9b",
    "ZODB3==3.9.7",
    "bzr==2.6.0",
    "buildbot==0.8.6",
    "reportlab==2.5",
    "pyflakes==0.4.0",
)
PROMISED = PACKAGES[:3]

HERE = Path(__file__).resolve().parent


def fetched(folder: Path, packages: tuple[str, ...] = PACKAGES) -> list[Path]:
    """The unpacked source distributions, downloaded once.

    One of those that nothing was promised for is left out, and told of, if it cannot be had.
    Raises ``CalledProcessError`` for the others.
    """
    roots = []
    for package in packages:
        root = folder / package.replace("==", "-")
        if not root.exists():
            try:
                unpack(download(package, folder / "downloads" / root.name), root)
            except (subprocess.CalledProcessError, ValueError):
                if package in PROMISED:
                    raise
                print(f"{package} cannot be had", file=sys.stderr)
                continue
        roots.append(root)
    return roots


def download(package: str, folder: Path) -> Path:
    """The source distribution of a package, by the pip of this interpreter.

    pip would run ``setup.py`` to ask for its name; ``named_only`` answers that. Raises
    ``CalledProcessError``.
    """
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", ":all:"]
    pip += ["--no-build-isolation", "--use-pep517", "--dest", str(folder), package]
    environment = {
        **os.environ,
        "PYTHONPATH": str(HERE / "named_only"),
        "NAMED_ONLY": package,
    }
    subprocess.run(pip, check=True, env=environment)
    (archive,) = folder.iterdir()
    return archive


def unpack(archive: Path, root: Path) -> None:
    """Unpack the Python files of an archive into a folder. Raises ``ValueError``."""
    made = root.with_name(f".{root.name}")
    if archive.suffix == ".zip":
        with zipfile.ZipFile(archive) as zipped:
            zipped.extractall(made)
    elif ".tar" in archive.suffixes or archive.suffix == ".tgz":
        with tarfile.open(archive) as tar:
            tar.extractall(made, filter="data")
    else:
        raise ValueError(f"{archive} is no archive")
    made.rename(root)
