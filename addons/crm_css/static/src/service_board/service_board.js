import {
    Component,
    onWillStart,
    onWillUnmount,
    useEffect,
    useRef,
    useState,
} from "@odoo/owl";
import { loadBundle } from "@web/core/assets";
import { getColor } from "@web/core/colors/colors";
import { deserializeDate, formatDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { formatFloat } from "@web/views/fields/formatters";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

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
        this.canvas = useRef("canvas");
        this.state = useState({ board: null, teamId: this.props.state?.teamId || 0 });
        onWillStart(async () => {
            await Promise.all([loadBundle("web.chartjs_lib"), this.load()]);
        });
        useEffect(
            () => this.drawChart(),
            () => [this.state.board]
        );
        onWillUnmount(() => this.chart?.destroy());
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
        return Number.isInteger(value) ? String(value) : formatFloat(value);
    }

    open(action) {
        return this.action.doAction(action);
    }

    drawChart() {
        this.chart?.destroy();
        if (!this.canvas.el) {
            return;
        }
        const days = this.board.resolved;
        this.chart = new Chart(this.canvas.el, {
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
                animation: false,
                maintainAspectRatio: false,
                plugins: { legend: { display: false } },
                scales: {
                    x: { grid: { display: false }, ticks: { maxTicksLimit: 8 } },
                    y: { beginAtZero: true, ticks: { precision: 0 } },
                },
                onClick: (ev, [bar]) => bar && this.open(days[bar.index].action),
            },
        });
    }
}

registry.category("actions").add("crm_service_board", ServiceBoard);
