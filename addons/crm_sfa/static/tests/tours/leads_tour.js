import { registry } from "@web/core/registry";
import { inputFiles } from "@web/../tests/utils";

const FILE = `Fair in Berlin;;;
Name;Company;E-mail;Phone
Ute Kern;Kern Kaffee;ute@kern.example.com;030 901820
Jan Ost;Ost;jan@@ost;
`;

registry.category("web_tour.tours").add("crm_sfa_import_leads", {
    steps: () => [
        { trigger: ".o_list_button_add", run: "click" },
        {
            content: "choose the file",
            trigger: "[name=file] .o_select_file_button",
            async run() {
                const file = new File([FILE], "fair.csv", { type: "text/csv" });
                await inputFiles("[name=file] .o_input_file", [file]);
            },
        },
        { trigger: "[name=campaign_title] input", run: "edit Fair in Berlin" },
        { trigger: ".o_form_button_save", run: "click" },
        {
            content: "the columns are guessed, the title above them left out",
            trigger: "[name=column_ids] .o_data_row:contains('E-mail')",
        },
        { trigger: "[name=header_row] input:value('2')" },
        { trigger: "button[name=action_start]", run: "click" },
        { trigger: ".o_arrow_button_current:contains('Done')" },
        {
            content: "what came of each row",
            trigger: "button[name=action_open_rows]",
            run: "click",
        },
        { trigger: ".o_data_row .badge:contains('New lead')" },
        { trigger: ".o_data_row:contains('is no mail address')" },
        { trigger: ".breadcrumb-item:contains('fair.csv') a", run: "click" },
        { trigger: "button[name=action_open_leads]", run: "click" },
        {
            content: "the lead is somebody's, and says why",
            trigger: ".o_data_row:contains('Ute Kern') td[name=contact_name]",
            run: "click",
        },
        { trigger: ".o_crm_assign_reason:contains('Sam Seller')" },
    ],
});

registry.category("web_tour.tours").add("crm_sfa_business_card", {
    steps: () => [
        { trigger: ".modal [name=contact_name] input", run: "edit Ute Kern" },
        { trigger: ".modal [name=partner_name] input", run: "edit Kern Kaffee" },
        { trigger: ".modal [name=email] input", run: "edit ute@kern.example.com" },
        { trigger: ".modal [name=phone] input", run: "edit +49 30 901820" },
        { trigger: ".modal button[name=action_save]", run: "click" },
        {
            content: "the lead is open",
            trigger: ".o_form_view [name=name] :value('Kern Kaffee – Ute Kern')",
        },
    ],
});
