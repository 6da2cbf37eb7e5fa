import doctest

from odoo.tests import TransactionCase, tagged

from ..tools import fulltext, masking


@tagged("post_install", "-at_install")
class TestArticleTools(TransactionCase):
    def test_examples_in_docstrings_hold(self):
        for module, least in ((fulltext, 9), (masking, 18)):
            result = doctest.testmod(module)
            self.assertGreaterEqual(result.attempted, least)
            self.assertFalse(result.failed)

    def test_masking_takes_time_in_step_with_the_text(self):
        """Patterns of this kind can take hours on a text made for it: each of these
        would, if a word of any length were looked at."""
        evil = ["1" * 50_000, "a." * 25_000 + "@", "DE" + "A1" * 25_000]
        for text in [*evil, "http://" + "a" * 50_000]:
            self.assertEqual(masking.mask_text(text).text, "[link]")
        spaced = "1 " * 25_000
        self.assertLess(len(masking.mask_text(spaced).text), len(spaced))

    def test_markup_that_is_broken_is_masked_all_the_same(self):
        known = {"name": ["Anna Berg"]}
        for source in (
            "<p>Anna <b>Berg",
            "</p>Anna Berg</div>",
            "<p title='Anna Berg'>x</p>",
            "<?xml version='1.0'?><p>Anna</p>",
            "\x00<p>Anna Berg\x07</p>",
            "<p>" + "<b>" * 2_000 + "Anna",
            "<svg onload=alert(1)>Anna</svg>",
        ):
            text = masking.mask_html(source, known).text
            self.assertNotIn("Anna", text)
            self.assertNotIn("onload", text)
