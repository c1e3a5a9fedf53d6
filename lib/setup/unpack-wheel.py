"""Unpacks members of a wheel into a folder: unpack-wheel.py WHEEL FOLDER (--prefix PREFIX | MEMBER...).

A MEMBER lands in FOLDER under its last name; with --prefix, every member under PREFIX lands under its own path.
zipfile checks each member's CRC. Prints the bytes written so far, one number per line.
"""
import os
import sys
import zipfile

CHUNK_BYTES = 1 << 24


def main(wheel, folder, *wanted):
    written = 0
    with zipfile.ZipFile(wheel) as archive:
        if wanted[0] == "--prefix":
            pairs = [(name, name) for name in archive.namelist() if name.startswith(wanted[1]) and not name.endswith("/")]
        else:
            pairs = [(name, os.path.basename(name)) for name in wanted]
        for name, target in pairs:
            path = os.path.normpath(os.path.join(folder, target))
            if not path.startswith(os.path.abspath(folder) + os.sep):
                sys.exit(f"{wheel}: {name} would land outside {folder}")
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with archive.open(name) as source, open(path, "wb") as sink:
                while chunk := source.read(CHUNK_BYTES):
                    sink.write(chunk)
                    written += len(chunk)
                    print(written, flush=True)


try:
    main(*sys.argv[1:])
except (zipfile.BadZipFile, KeyError, OSError) as error:
    sys.exit(f"{sys.argv[1]}: {error}")
