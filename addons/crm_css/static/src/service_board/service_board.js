import { Component, onWillStart, useState } from "@odoo/owl";
import { getColor } from "@web/core/colors/colors";
import { deserializeDate, formatDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { useSetupAction } from "@web/search/action_hook";
import { Layout } from "@web/search/layout";
import { formatFloat } from "@web/views/fields/formatters";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { useCharts } from "@crm_base/page/charts";

/**
 * Today's figures for the leader of a team. One RPC brings all of them, and each opens
 * the records that it counts.
 */
export class ServiceBoard extends Component {
    static template = "crm_css.ServiceBoard";
    static components = { Layout };
    static props = { ...standardActionServiceProps };
    static displayName = _t("Service Board");
    static path = "service-board";

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.keepLast = new KeepLast();
        this.state = useState({ board: null, teamId: this.props.state?.teamId || 0 });
        useSetupAction({ getLocalState: () => ({ teamId: this.state.teamId }) });
        onWillStart(() => this.load());
        useCharts({ resolved: () => this.resolvedChart() }, () => [this.state.board]);
    }

    get board() {
        return this.state.board;
    }

    async load() {
        this.state.board = await this.keepLast.add(
            this.orm.call("crm.service.report", "read_board", [
                this.state.teamId || null,
            ])
        );
    }

    chooseTeam(ev) {
        this.state.teamId = parseInt(ev.target.value);
        return this.load();
    }

    shown(figure) {
        const { value } = figure;
        if (value === null || value === false) {
            return "–";
        }
        return formatFloat(value, {
            digits: [16, Number.isInteger(value) ? 0 : 2],
        });
    }

    open(action) {
        return this.action.doAction(action);
    }

    resolvedChart() {
        const days = this.board.resolved;
        return {
            type: "bar",
            data: {
                labels: days.map((day) => formatDate(deserializeDate(day.day))),
                datasets: [
                    {
                        data: days.map((day) => day.count),
                        backgroundColor: getColor(1),
                    },
                ],
            },
            options: {
                plugins: { legend: { display: false } },
                scales: {
                    x: { grid: { display: false }, ticks: { maxTicksLimit: 8 } },
                    y: { beginAtZero: true, ticks: { precision: 0 } },
                },
                onClick: (ev, [bar]) => bar && this.open(days[bar.index].action),
            },
        };
    }
}

registry.category("actions").add("crm_service_board", ServiceBoard);
