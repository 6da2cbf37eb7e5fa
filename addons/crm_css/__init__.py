from . import controllers
from . import report
from . import models
from . import wizard

import polib

from odoo.tools.translate import TranslationImporter, get_po_paths


# The rule of helpdesk_mgmt, which security/helpdesk_ticket_portal_rules.xml replaces.
PORTAL_RULE = """['|',
                ('partner_id', 'child_of', [user.commercial_partner_id.id]),
                ('message_partner_ids','child_of',[user.commercial_partner_id.id])]"""


def _post_init_hook(env):
    """Replace what contract's translations only guess: Odoo reads fuzzy entries as if
    they were true, and keeps what it has read first."""
    importer = TranslationImporter(env.cr, verbose=False)
    for lang, _name in env["res.lang"].get_installed():
        guessed = {
            place.rsplit(":", 1)[-1]
            for path in get_po_paths("contract", lang)
            for entry in polib.pofile(path).fuzzy_entries()
            for place, _line in entry.occurrences
        }
        for path in get_po_paths("crm_css", lang):
            # Without xmlids everything would be loaded.
            if guessed and "i18n_extra" in path:
                importer.load_file(path, lang, xmlids=guessed)
    importer.save(overwrite=True)


def _uninstall_hook(env):
    """Put back what was changed of helpdesk_mgmt, and drop the indexes on its fields,
    which Odoo leaves."""
    rule = env.ref(
        "helpdesk_mgmt.helpdesk_ticket_rule_portal", raise_if_not_found=False
    )
    if rule:
        rule.domain_force = PORTAL_RULE
    action = env.ref("helpdesk_mgmt.helpdesk_ticket_action", raise_if_not_found=False)
    if action:
        action.context = "{}"
    env.cr.execute(
        """
        DROP INDEX IF EXISTS helpdesk_ticket__commercial_partner_id_index;
        DROP INDEX IF EXISTS helpdesk_ticket__partner_id_index;
        DROP INDEX IF EXISTS helpdesk_ticket__duplicate_id_index;
        DROP INDEX IF EXISTS helpdesk_ticket__product_id_index;
        DROP INDEX IF EXISTS contract_template_line__contract_id_index;
        """
    )
