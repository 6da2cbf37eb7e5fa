from odoo import api, models

from ..tools.sheet import Table


class CrmFunnel(models.Model):
    """The funnel as tables, for spreadsheets and mails."""

    _inherit = "crm.funnel"

    @api.model
    def _funnel_tables(self, *request) -> list[Table]:
        """Give what ``read_funnel`` gives to a request, as tables."""
        board = self.read_funnel(*request)
        notes = [self.env._("First touch: %(first)s – %(last)s", **board)]
        notes += [one["label"] for one in board["wanted"]]
        return [
            Table(
                self.env._("Funnel"),
                [
                    (self.env._("Step"), "text"),
                    (self.env._("Number"), "count"),
                    (self.env._("Amount"), "money"),
                    (self.env._("Conversion"), "percent"),
                    (self.env._("Of"), "text"),
                    (self.env._("Days (median)"), "number"),
                    (self.env._("Best Quarter"), "text"),
                    (self.env._("Its Conversion"), "percent"),
                    (self.env._("Leak"), "number"),
                    (self.env._("Leak, Amount"), "money"),
                ],
                [self._funnel_line(step) for step in board["steps"]]
                + [self._funnel_other_line(board["others"])],
                tuple(notes),
            ),
            self._funnel_map(board),
        ]

    @api.model
    def _funnel_line(self, step: dict) -> list:
        best, leak = step["best"] or {}, step["leak"] or {}
        return [
            step["label"],
            step["count"],
            step["money"],
            step["conversion"],
            step["base"],
            step["days"],
            best.get("label"),
            best.get("value"),
            leak.get("count"),
            leak.get("money"),
        ]

    @api.model
    def _funnel_other_line(self, others: dict) -> list:
        return [others["label"], others["count"], others["money"], *[None] * 7]

    @api.model
    def _funnel_map(self, board: dict) -> Table:
        columns = [("", "text")]
        for step in board["steps"]:
            columns.append((step["label"], "count"))
            if step["base"]:
                label = self.env._("%(step)s: conversion", step=step["label"])
                columns.append((label, "percent"))
            if step["money"] is not None:
                label = self.env._("%(step)s: amount", step=step["label"])
                columns.append((label, "money"))
        rows = []
        for row in board["rows"]:
            line = [row["label"]]
            for step, cell in zip(board["steps"], row["cells"], strict=True):
                line.append(cell["count"])
                if step["base"]:
                    line.append(cell["conversion"])
                if step["money"] is not None:
                    line.append(cell["money"])
            rows.append(line)
        return Table(self.env._("From step to step"), columns, rows)
