import { registry } from "@web/core/registry";
import { inputFiles } from "@web/../tests/utils";

const HEADER = "Name;Email;Phone;City";
const GOOD = [
    "Tour Café Müller;INFO@Mueller.example.com;+49 30 901820;Berlin",
    "Тур Талисман;;+7 (495) 123-45-67;Москва",
];

const upload = (name, rows) => ({
    trigger: ".o_file_input_trigger",
    content: `load ${name}`,
    async run() {
        const text = [HEADER, ...rows].join("\n");
        await inputFiles(".o_file_input input", [
            new File([text], name, { type: "text/csv" }),
        ]);
    },
});

registry.category("web_tour.tours").add("crm_base_import", {
    url: "/odoo/action-contacts.action_contacts?view_type=list",
    steps: () => [
        {
            trigger:
                ".o_cp_action_menus .dropdown-toggle, .o_cog_menu .dropdown-toggle",
            run: "click",
        },
        { trigger: ".o_import_menu", run: "click" },
        upload("bad.csv", [...GOOD, "Bad Phone;;call the office;Kiel"]),
        { trigger: ".o_import_preview:contains('Berlin')" },
        { trigger: "button:contains('Test')", run: "click" },
        {
            content: "the bad row is named with its reason",
            trigger: ".alert-danger:contains('row 4'):contains('call the office')",
        },
        upload("good.csv", GOOD),
        { trigger: ".o_import_data_sidepanel:contains('good')" },
        { trigger: "button:contains('Test')", run: "click" },
        { trigger: ".alert-info:contains('valid')" },
        { trigger: "button:contains('Import')", run: "click" },
        { trigger: ".o_data_row:contains('Tour Café Müller')" },
        { trigger: ".o_data_row:contains('+7 495 123-45-67')" },
    ],
});
