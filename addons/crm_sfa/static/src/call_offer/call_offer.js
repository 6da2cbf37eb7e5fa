import { Component, onWillStart, onWillUpdateProps, useState } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";

/**
 * The quotation in the call: what the customer usually buys, at the price of this
 * moment, becomes a draft or an order by one click.
 */
export class CallOffer extends Component {
    static template = "crm_sfa.CallOffer";
    static props = { call: Object, reload: Function };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.keepLast = new KeepLast();
        this.state = useState({ busy: false, found: [], text: "", basket: null });
        onWillStart(() => this.show(this.props));
        onWillUpdateProps((props) => this.show(props));
    }

    show({ call }) {
        this.state.basket = call.offer || null;
    }

    get lineId() {
        return this.props.call.line.id;
    }

    /** What is sent to the server: it reads names and prices itself. */
    get chosen() {
        return this.state.basket.lines.map((line) => ({
            product_id: line.product_id,
            uom_id: line.uom_id,
            quantity: line.quantity,
        }));
    }

    async price() {
        const priced = await this.keepLast.add(
            this.orm.silent.call("crm.call.list.line", "price_basket", [
                [this.lineId],
                this.chosen,
            ])
        );
        Object.assign(this.state.basket, priced);
    }

    setQuantity(line, ev) {
        const quantity = Number(ev.target.value);
        line.quantity = quantity >= 0 ? quantity : 0;
        return this.price();
    }

    async search(ev) {
        this.state.text = ev.target.value;
        this.state.found =
            this.state.text.length < 2
                ? []
                : await this.keepLast.add(
                      this.orm.silent.call("product.product", "name_search", [], {
                          name: this.state.text,
                          domain: [["sale_ok", "=", true]],
                          limit: 8,
                      })
                  );
    }

    add([productId]) {
        Object.assign(this.state, { found: [], text: "" });
        const known = this.state.basket.lines.find(
            (line) => line.product_id === productId
        );
        if (known) {
            known.quantity += 1;
        } else {
            this.state.basket.lines.push({
                product_id: productId,
                uom_id: 0,
                quantity: 1,
                name: "…",
            });
        }
        return this.price();
    }

    async make(confirm) {
        if (this.state.busy) {
            return;
        }
        this.state.busy = true;
        try {
            const orderId = await this.orm.call(
                "crm.call.list.line",
                "make_quotation",
                [[this.lineId], this.chosen]
            );
            // The draft is kept, whatever stops it from becoming an order.
            if (confirm) {
                await this.orm.call("sale.order", "action_confirm", [[orderId]]);
            }
        } finally {
            this.state.busy = false;
            await this.props.reload();
        }
    }

    async confirm(order) {
        await this.orm.call("sale.order", "action_confirm", [[order.id]]);
        await this.props.reload();
    }

    open(order) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "sale.order",
            res_id: order.id,
            views: [[false, "form"]],
        });
    }
}

registry.category("crm_call_panels").add("crm_sfa.offer", { Component: CallOffer });
