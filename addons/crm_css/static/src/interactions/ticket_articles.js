import { Interaction } from "@web/public/interaction";
import { registry } from "@web/core/registry";
import { rpc } from "@web/core/network/rpc";
import { KeepLast } from "@web/core/utils/concurrency";

const SHORTEST = 4;
const WAIT = 400;

/**
 * Offers articles under the subject of a new ticket while it is typed. Who finds the
 * answer there says so, and the question need not be sent.
 */
export class TicketArticles extends Interaction {
    static selector = "form[action='/submitted/ticket']";
    dynamicContent = {
        "input[name='subject']": {
            "t-on-input": this.debounced(this.onInput, WAIT),
            "t-on-change": this.onChange,
        },
        ".o_crm_article_suggestions": { "t-on-click": this.onClick },
    };

    setup() {
        this.keepLast = new KeepLast();
        this.list = this.el.querySelector(".o_crm_article_suggestions");
        this.input = this.el.querySelector("input[name='subject']");
        this.noting = null;
        this.noted = "";
    }

    get text() {
        return this.input.value.trim();
    }

    async onInput() {
        const { text } = this;
        const articles =
            text.length < SHORTEST
                ? []
                : await this.waitFor(this.keepLast.add(rpc("/help/suggest", { text })));
        this.show("crm_css.TicketArticles", { articles });
    }

    /** The subject stands: what is missing in the knowledge base is noted. */
    onChange() {
        const { text } = this;
        if (text.length >= SHORTEST && text !== this.noted) {
            this.noted = text;
            this.noting = rpc("/help/asked", { text });
        }
    }

    async onClick(ev) {
        const button = ev.target.closest("[data-solved]");
        if (!button) {
            return;
        }
        const article_id = parseInt(button.dataset.solved);
        // The click ended the typing: the question is just being noted.
        const search = await this.waitFor(this.noting);
        const noted = await this.waitFor(rpc("/help/solved", { article_id, search }));
        if (noted) {
            this.show("crm_css.TicketSolved", {});
        }
    }

    show(template, values) {
        this.list.replaceChildren();
        this.renderAt(template, values, this.list);
    }
}

registry.category("public.interactions").add("crm_css.ticket_articles", TicketArticles);
