import { Component, onWillStart, onWillUpdateProps } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { useService } from "@web/core/utils/hooks";
import { KanbanRenderer } from "@web/views/kanban/kanban_renderer";
import { kanbanView } from "@web/views/kanban/kanban_view";
import { ListRenderer } from "@web/views/list/list_renderer";
import { listView } from "@web/views/list/list_view";

/** What is not settled, in figures. Each filters the orders below by itself. */
export class OrderFigures extends Component {
    static template = "crm_sfa.OrderFigures";
    static props = { list: Object };

    setup() {
        this.orm = useService("orm");
        onWillStart(() => this.load());
        onWillUpdateProps(() => this.load());
    }

    async load() {
        this.figures = await this.orm.call("crm.order.board", "figures", [
            this.whose(),
        ]);
        this.active = new Set(
            this.items()
                .filter((item) => item.isActive)
                .map((item) => item.name)
        );
    }

    /** The figures are of one's own orders where only those are shown. */
    whose() {
        const domains = { my: ["user_id", "=", user.userId] };
        return this.env.searchModel
            .getSearchItems((item) => item.name in domains && item.isActive)
            .map((item) => domains[item.name]);
    }

    items() {
        const keys = this.figures.map((figure) => figure.key);
        return this.env.searchModel.getSearchItems((item) => keys.includes(item.name));
    }

    show(key) {
        for (const item of this.items()) {
            if (item.isActive !== (item.name === key)) {
                this.env.searchModel.toggleSearchItem(item.id);
            } else if (item.isActive) {
                // A second click shows all again.
                this.env.searchModel.toggleSearchItem(item.id);
            }
        }
    }
}

class OrderBoardKanbanRenderer extends KanbanRenderer {
    static template = "crm_sfa.OrderBoardKanban";
    static components = { ...KanbanRenderer.components, OrderFigures };
}

class OrderBoardListRenderer extends ListRenderer {
    static template = "crm_sfa.OrderBoardList";
    static components = { ...ListRenderer.components, OrderFigures };
}

registry.category("views").add("crm_order_board_kanban", {
    ...kanbanView,
    Renderer: OrderBoardKanbanRenderer,
});
registry.category("views").add("crm_order_board_list", {
    ...listView,
    Renderer: OrderBoardListRenderer,
});
