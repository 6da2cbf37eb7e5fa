import { Component, onMounted, useState } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { KeepLast } from "@web/core/utils/concurrency";
import { useDebounced } from "@web/core/utils/timing";
import { useRecordObserver } from "@web/model/relational_model/utils";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

const WAIT = 400;

/**
 * The articles that fit what stands in a ticket, saved or not. It asks for them only
 * when its page of the form is opened, so the form itself costs nothing more.
 */
export class ArticleSuggest extends Component {
    static template = "crm_css.ArticleSuggest";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.keepLast = new KeepLast();
        this.state = useState({ articles: null });
        this.reload = useDebounced(() => this.load(), WAIT);
        this.asked = null;
        onMounted(() => this.load());
        useRecordObserver((record) => {
            // Named, so that the observer hears of their change.
            const question = this.question(record);
            if (this.asked && this.asked !== JSON.stringify([record.resId, question])) {
                this.reload();
            }
        });
    }

    question({ data }) {
        return {
            name: data.name || "",
            description: data.description ? data.description.toString() : "",
            product_id: data.product_id ? data.product_id.id : false,
        };
    }

    get ids() {
        const { resId } = this.props.record;
        return resId ? [resId] : [];
    }

    async load() {
        const question = this.question(this.props.record);
        this.asked = JSON.stringify([this.props.record.resId, question]);
        this.state.articles = await this.keepLast.add(
            this.orm.silent.call(
                "helpdesk.ticket",
                "suggest_articles",
                [this.ids],
                question
            )
        );
    }

    open(article) {
        this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "crm.article",
            res_id: article.id,
            views: [[false, "form"]],
            target: "new",
        });
    }

    /** Do something with an article for the ticket, which is saved before. */
    async run(method, article) {
        const { record } = this.props;
        if (!(await record.save())) {
            return;
        }
        const action = await this.orm.call("helpdesk.ticket", method, [
            this.ids,
            article.id,
        ]);
        if (action) {
            await this.action.doAction(action, { onClose: () => this.refresh() });
        } else {
            await this.refresh();
        }
    }

    async refresh() {
        await this.props.record.load();
        await this.load();
    }
}

registry.category("view_widgets").add("crm_article_suggest", {
    component: ArticleSuggest,
    fieldDependencies: [
        { name: "name", type: "char" },
        { name: "description", type: "html" },
        { name: "product_id", type: "many2one" },
    ],
});
