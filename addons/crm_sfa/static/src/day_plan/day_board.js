import { onWillStart, onWillUpdateProps, useState, useSubEnv } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { KanbanHeader } from "@web/views/kanban/kanban_header";
import { KanbanRenderer } from "@web/views/kanban/kanban_renderer";
import { kanbanView } from "@web/views/kanban/kanban_view";
import { formatFloatTime } from "@web/views/fields/formatters";

/** The column of a person, with the load of this week and whether he is there. */
export class DayBoardHeader extends KanbanHeader {
    static template = "crm_sfa.DayBoardHeader";

    setup() {
        super.setup();
        this.loads = useState(this.env.dayLoads);
    }

    get load() {
        return this.loads[this.group.value];
    }

    time(hours) {
        return formatFloatTime(hours);
    }

    /** How full the week is, in percent; over 100 is too much. */
    get share() {
        const { hours, work } = this.load;
        return work ? Math.round((100 * hours) / work) : hours ? 101 : 0;
    }
}

/**
 * A board with a column for each person. A card that is dropped on somebody else is
 * handed over by the server, which may refuse; then the board is read anew, for the load
 * of two people has changed.
 */
export class DayBoardRenderer extends KanbanRenderer {
    static components = { ...KanbanRenderer.components, KanbanHeader: DayBoardHeader };

    setup() {
        this.dayLoads = useState({});
        useSubEnv({ dayLoads: this.dayLoads });
        super.setup();
        this.orm = useService("orm");
        onWillStart(() => this.readLoads(this.props.list));
        onWillUpdateProps((props) => this.readLoads(props.list));
    }

    /** Cards are no records that one writes: what moves them is hand_over. */
    get canMoveRecords() {
        return this.canResequenceRecords && this.isByPerson(this.props.list);
    }

    isByPerson(list) {
        return list.isGrouped && list.groupByField.name === "user_id";
    }

    async readLoads(list) {
        if (!this.isByPerson(list)) {
            return;
        }
        const ids = list.groups.map((group) => group.value).filter(Boolean);
        Object.assign(
            this.dayLoads,
            await this.orm.silent.call("crm.day.item", "read_load", [ids])
        );
    }

    async sortRecordDrop(dataRecordId, dataGroupId, { parent }) {
        const { groups, model } = this.props.list;
        const from = groups.find((group) => group.id === dataGroupId);
        const to = groups.find((group) => group.id === parent?.dataset.id);
        parent?.classList.remove("o_kanban_hover");
        if (!this.isByPerson(this.props.list) || !to || to === from || !to.value) {
            return;
        }
        const record = from.list.records.find((each) => each.id === dataRecordId);
        try {
            await this.orm.call("crm.day.item", "hand_over", [
                [record.resId],
                to.value,
            ]);
        } finally {
            await model.load();
        }
    }
}

registry.category("views").add("crm_day_board", {
    ...kanbanView,
    Renderer: DayBoardRenderer,
});
