"""Build the asset bundles of a database; an Odoo shell runs it and gives ``env``."""
# ruff: noqa: F821 -- env is the shell's.

env["ir.qweb"]._pregenerate_assets_bundles()
env.cr.commit()
