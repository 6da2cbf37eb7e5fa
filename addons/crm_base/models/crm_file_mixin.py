import base64
import binascii
import hashlib
import mimetypes

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.http import DEFAULT_MAX_CONTENT_LENGTH
from odoo.tools import human_size
from odoo.tools.mimetypes import guess_mimetype

from ..tools.file_name import clean_file_name

# What the server finds out about a file; what a caller says of it does not count.
FACTS = ("sha256", "mimetype", "file_size")


class CrmFileMixin(models.AbstractModel):
    """One file that a record owns, with the hash of what was handed in.

    The file is a field of the record, not an attachment named by its id: so nobody
    can take somebody else's attachment into a record of one's own.
    """

    _name = "crm.file.mixin"
    _description = "Record with a File"

    file = fields.Binary(help="The file itself, kept byte for byte as it came.")
    file_name = fields.Char()
    mimetype = fields.Char("File Type", readonly=True, copy=False)
    file_size = fields.Integer("Size in Bytes", readonly=True, copy=False)
    sha256 = fields.Char(
        "SHA-256",
        readonly=True,
        copy=False,
        index=True,
        help="Digest of the file when it was stored. Two files with one digest are"
        " the same file.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        untouched = super(CrmFileMixin, self.with_context(**self._as_it_came()))
        nothing = dict.fromkeys(FACTS, False)
        records = untouched.create([nothing | self._with_facts(v) for v in vals_list])
        return records.with_env(self.env)

    def write(self, vals):
        untouched = super(CrmFileMixin, self.with_context(**self._as_it_came()))
        return untouched.write(self._with_facts(vals))

    def _as_it_came(self) -> dict:
        """Give the context in which Odoo stores a file without shrinking images, and
        a page or a drawing that may hold scripts as plain text."""
        return {"image_no_postprocess": True, "attachments_mime_plainxml": True}

    def _with_facts(self, vals: dict) -> dict:
        """Give the values with what the file in them tells; the hash stands before
        the file, for storing the file compares the two."""
        told = {name: value for name, value in vals.items() if name not in FACTS}
        if told.get("file_name"):
            told["file_name"] = clean_file_name(told["file_name"])
        if "file" not in told:
            return told
        if not told["file"]:
            return dict.fromkeys(FACTS, False) | {"file_name": False} | told
        name = told.setdefault("file_name", False) or clean_file_name("")
        raw = self._decode_file(told["file"], name)
        facts = {
            "sha256": hashlib.sha256(raw).hexdigest(),
            "mimetype": self._type_of(raw, name),
            "file_size": len(raw),
        }
        return facts | told

    def _decode_file(self, value, name: str) -> bytes:
        """Decode a file, as Odoo will; refuse one that is empty or too big."""
        try:
            raw = base64.b64decode(value)
        except (binascii.Error, ValueError) as error:
            raise UserError(
                self.env._(
                    "The file %(name)s did not arrive whole. Upload it again.",
                    name=name,
                )
            ) from error
        if not raw:
            raise UserError(
                self.env._("The file %(name)s is empty. Choose another one.", name=name)
            )
        limit = self._largest_file()
        if len(raw) > limit:
            raise UserError(
                self.env._(
                    "The file %(name)s is too big: %(size)s. At most %(limit)s can be"
                    " stored.",
                    name=name,
                    size=human_size(len(raw)),
                    limit=human_size(limit),
                )
            )
        return raw

    def _largest_file(self) -> int:
        """Give the size that Odoo takes in an upload, in bytes."""
        # Settings are for administrators to read.
        setting = self.env["ir.config_parameter"].sudo()
        return int(
            setting.get_param("web.max_file_upload_size", DEFAULT_MAX_CONTENT_LENGTH)
        )

    def _type_of(self, raw: bytes, name: str) -> str:
        """Tell the type by the content; an archive may be a document by its name."""
        found = guess_mimetype(raw, default="application/octet-stream")
        if found in {"application/octet-stream", "application/zip"}:
            return mimetypes.guess_type(name)[0] or found
        return found

    def _file_attachment(self):
        """Give the attachment that holds the file, whoever asks: the caller has
        checked that the record may be read."""
        self.ensure_one()
        return (
            self.env["ir.attachment"]
            .sudo()  # who reads the record reads its file
            .search(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "=", self.id),
                    ("res_field", "=", "file"),
                ],
                limit=1,
            )
        )

    def _is_unchanged(self) -> bool:
        """Read the stored file anew, and compare it with the hash."""
        return self._is_kept_as(self._file_attachment())

    def _is_kept_as(self, attachment) -> bool:
        """Tell whether an attachment holds what was handed in."""
        self.ensure_one()
        attachment.invalidate_recordset(["raw"])
        return hashlib.sha256(attachment.raw or b"").hexdigest() == self.sha256
