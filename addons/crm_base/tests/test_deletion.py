from psycopg2 import IntegrityError

from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import CrmCase


@tagged("post_install", "-at_install")
class TestDeletion(CrmCase):
    def test_refused_deletion_says_what_to_do(self):
        country = self.env["res.country"].create({"name": "Atlantis", "code": "X1"})
        self.anna.country_id = country
        self.env.flush_all()
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(IntegrityError) as caught,
            self.env.cr.savepoint(),
        ):
            country.unlink()
        message = country._sql_error_to_message(caught.exception)
        self.assertIn("rchiv", message)
