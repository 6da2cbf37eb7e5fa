"""Write each addon's .pot, and bring the .po files in line with it.

An Odoo shell runs it and gives ``env``; ADDONS in the environment names the addons.
"""
# ruff: noqa: F821 -- env is the shell's.

import io
import os
from pathlib import Path

import polib

from odoo.tools.translate import trans_export

LANGUAGES = ("es", "ru")

for addon in os.environ["ADDONS"].split(","):
    buffer = io.BytesIO()
    trans_export(None, [addon], buffer, "po", env)
    template = polib.pofile(buffer.getvalue().decode())
    folder = Path("addons", addon, "i18n")
    folder.mkdir(exist_ok=True)
    # Dates would change the file at each export.
    template.metadata.pop("POT-Creation-Date", None)
    template.metadata.pop("PO-Revision-Date", None)
    template.save(str(folder / f"{addon}.pot"))
    for language in LANGUAGES:
        path = folder / f"{language}.po"
        catalogue = polib.pofile(str(path)) if path.exists() else polib.POFile()
        catalogue.metadata = {**template.metadata, "Language": language}
        catalogue.header = template.header
        catalogue.merge(template)
        for entry in catalogue.obsolete_entries():
            catalogue.remove(entry)
        for entry in catalogue:
            entry.flags = [flag for flag in entry.flags if flag != "fuzzy"]
        catalogue.sort(key=lambda entry: entry.msgid)
        catalogue.save(str(path))
        print(
            f"{path}: {len(catalogue.untranslated_entries())} of {len(catalogue)} open"
        )
