import { registry } from "@web/core/registry";
import { formView } from "@web/views/form/form_view";
import { FormController } from "@web/views/form/form_controller";

const COMPARED = [
    "boolean",
    "char",
    "date",
    "datetime",
    "float",
    "html",
    "integer",
    "many2one",
    "selection",
    "text",
];

/**
 * Sends with each change what the form showed before, so that the server can tell whether
 * a colleague has changed the same in the meantime.
 */
export class TicketFormController extends FormController {
    async onWillSaveRecord(record, changes) {
        const result = await super.onWillSaveRecord(...arguments);
        if (record.resId && record.resModel === "helpdesk.ticket") {
            const seen = {};
            for (const name of Object.keys(changes)) {
                const type = record.fields[name]?.type;
                if (COMPARED.includes(type)) {
                    seen[name] = record._formatServerValue(type, record._values[name]);
                }
            }
            changes.crm_seen = seen;
        }
        return result;
    }
}

registry
    .category("views")
    .add("crm_ticket_form", { ...formView, Controller: TicketFormController });
