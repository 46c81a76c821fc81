"""Says what a source distribution is called, without running any of its code.

pip asks a distribution for its name before it keeps it, which runs ``setup.py``. That of an old
project is Python 2, and pip gives up. With this in the place of setuptools it believes what it was
asked for, which is in the variable ``NAMED_ONLY``.
"""

import os
from collections.abc import Mapping
from pathlib import Path


class _Backend:
    def get_requires_for_build_wheel(self, settings: Mapping[str, str] | None = None) -> list[str]:
        """Nothing is built, so nothing is required."""
        return []

    def prepare_metadata_for_build_wheel(
        self, folder: str, settings: Mapping[str, str] | None = None
    ) -> str:
        """Write name and version; the name of the folder they are in."""
        name, _, version = os.environ["NAMED_ONLY"].partition("==")
        made = Path(folder, f"{name.replace('-', '_')}-{version}.dist-info")
        made.mkdir()
        text = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
        (made / "METADATA").write_text(text, encoding="utf-8")
        return made.name


__legacy__ = _Backend()
get_requires_for_build_wheel = __legacy__.get_requires_for_build_wheel
prepare_metadata_for_build_wheel = __legacy__.prepare_metadata_for_build_wheel
