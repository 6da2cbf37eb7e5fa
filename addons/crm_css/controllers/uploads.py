"""Files that come with a form."""

from odoo.http import request

MOST_FILES = 10
MOST_BYTES = 25 * 1024 * 1024


def read_files(
    httprequest, most_files=MOST_FILES, most_bytes=MOST_BYTES
) -> tuple[list[tuple[str, bytes]], str]:
    """Give names and contents of the files, and what is wrong with them, if anything.

    Files are never unpacked: what is in an archive costs and does nothing.
    """
    uploads = [
        file for file in httprequest.files.getlist("attachment") if file.filename
    ]
    if len(uploads) > most_files:
        return [], request.env._("Please send no more than %s files.", most_files)
    files, left = [], most_bytes
    for upload in uploads:
        content = upload.read(left + 1)
        left -= len(content)
        if left < 0:
            return [], request.env._(
                "The files are too large: %s MB together are possible.",
                most_bytes // 1024**2,
            )
        files.append((upload.filename, content))
    return files, ""
