"""Every page that the customer reaches on the portal opens."""

import json
from urllib.parse import parse_qs, urldefrag, urlsplit

from lxml import html

from odoo.tests import HttpCase, tagged

# The form of a new ticket is behind a button, not a link.
START = ("/my", "/new/ticket")
# Opens pages one after the other; what their scripts complain of fails the test.
SCRIPT = """
const openFrames = async (links) => {
    for (const link of links) {
        const frame = document.createElement("iframe");
        frame.src = link;
        document.body.replaceChildren(frame);
        await new Promise((resolve) => frame.addEventListener("load", resolve));
        // Some scripts come later.
        await new Promise((resolve) => setTimeout(resolve, 500));
    }
    console.log("all pages opened");
};
"""


@tagged("post_install", "-at_install")
class TestPortalPages(HttpCase):
    """What the customer reaches from the portal's start page."""

    def setUp(self):
        super().setUp()
        self.authenticate("customer", "customer")

    def _links(self, page):
        """Give the links of a page that stay on the site and in the session."""
        tree = html.fromstring(page.content, base_url=page.url)
        tree.make_links_absolute()
        links = {urldefrag(link).url for link in tree.xpath("//a/@href")}
        site = f"{self.base_url()}/"
        own = {link for link in links if link.startswith(site)}
        return {link for link in own if "/web/session/logout" not in link}

    def _is_own(self, page):
        """Tell whether it is a page of the portal, and not one more order of a list."""
        url = urlsplit(page.url)
        is_html = page.headers["Content-Type"].startswith("text/html")
        plain = set(parse_qs(url.query)) <= {"access_token"}
        return is_html and plain and url.path.startswith(("/my", "/new"))

    def _crawl(self):
        """Open all that can be reached, going on from the portal's own pages."""
        pages = {}
        waiting = {f"{self.base_url()}{path}" for path in START}
        while waiting:
            link = waiting.pop()
            pages[link] = page = self.url_open(link, timeout=60)
            if self._is_own(page):
                waiting |= self._links(page) - set(pages)
        return pages

    def test_every_page_answers(self):
        pages = self._crawl()
        self.assertGreater(len(pages), 20)
        bad = {link: page.status_code for link, page in pages.items() if not page.ok}
        self.assertEqual(bad, {})

    def test_no_page_has_script_errors(self):
        links = [link for link, page in self._crawl().items() if self._is_own(page)]
        self.browser_js(
            "/my",
            f"{SCRIPT}\nvoid openFrames({json.dumps(links)});",
            login="customer",
            timeout=300,
            success_signal="all pages opened",
        )

    def test_start_page_counts_what_the_customer_has(self):
        names = ["ticket_count", "order_count", "invoice_count"]
        counts = self.make_jsonrpc_request("/my/counters", {"counters": names})
        self.assertEqual([name for name in names if not counts.get(name)], [])
