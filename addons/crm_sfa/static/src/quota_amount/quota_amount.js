import { registry } from "@web/core/registry";
import {
    MonetaryField,
    monetaryField,
} from "@web/views/fields/monetary/monetary_field";

/** Money of a quota; orders and contacts, which have no currency, are whole. */
export class QuotaAmount extends MonetaryField {
    get currencyDigits() {
        return this.currencyId ? super.currencyDigits : [16, 0];
    }
}

registry.category("fields").add("crm_quota_amount", {
    ...monetaryField,
    component: QuotaAmount,
});
