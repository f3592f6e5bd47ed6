"""One writes at a time, what no manifest names is swept away, and a reader sees what was there before or after."""

from contextlib import AbstractContextManager
from pathlib import Path

from projections.decisions.manifest import KeptManifest, read_manifest
from projections.decisions.parts import KeptReader, read_earlier
from projections.decisions.refusal import KeptError
from projections.mirror.writing import written_by_one


def kept_by_one(directory: Path) -> AbstractContextManager[None]:
    """Make the directory, if need be, and keep other writers out. KeptError where another one is at it."""
    directory.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return written_by_one(directory, "keeping these decisions", KeptError)


def kept_before(directory: Path) -> KeptManifest | None:
    """The manifest that is there; None where there is none that can be read, or a file of it is gone or damaged."""
    try:
        manifest = read_manifest(directory)
        for part in manifest.parts:
            reader = KeptReader(directory, part.name, part.files)
            reader.acts()
            reader.told()
        if manifest.earlier is not None:
            read_earlier(directory, manifest.earlier, manifest.earlier_file)
    except (KeptError, FileNotFoundError):
        return None
    return manifest


def files_of(manifest: KeptManifest | None) -> set[str]:
    """The names of the files that belong to it."""
    if manifest is None:
        return set()
    found = {f"{part.name}.{which}.parquet" for part in manifest.parts for which in ("acts", "denied")}
    return found | ({f"{manifest.earlier}.parquet"} if manifest.earlier else set())


def free_number(manifest: KeptManifest | None) -> int:
    """The first number that no file has."""
    return 1 + max((int(name.split(".")[0].rpartition("-")[2]) for name in files_of(manifest)), default=0)


def sweep(directory: Path, manifest: KeptManifest | None) -> None:
    """Remove the files that do not belong to it."""
    named = files_of(manifest)
    for path in directory.glob("*.parquet"):
        if path.name not in named:
            path.unlink(missing_ok=True)
