import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");

tours.add("crm_css_complaint", {
    steps: () => [
        {
            content: "the customer complains: from the ticket",
            trigger: "button[name=action_complain]",
            run: "click",
        },
        { trigger: ".o_form_view [name=partner_id] input:value(Anna Berg)" },
        {
            trigger: "[name=name] input",
            run: "edit The grinder arrived broken",
        },
        { trigger: "[name=cause_id] input", run: "edit Defect" },
        { trigger: ".o-autocomplete--dropdown-item:contains('Defect')", run: "click" },
        { trigger: "button[name=action_start]", run: "click" },
        { trigger: ".o_arrow_button_current:contains('In Progress')" },
        {
            trigger: "[name=remedy] textarea",
            run: "edit A new grinder, tomorrow",
        },
        { trigger: "[name=remedy_kind] input", run: "click" },
        { trigger: ".o_select_menu_item:contains('Replacement')", run: "click" },
        { trigger: "button[name=action_propose]", run: "click" },
        { trigger: ".o_arrow_button_current:contains('Remedy Proposed')" },
        { trigger: "button[name=action_ask].btn-primary", run: "click" },
        { trigger: ".modal button:contains('Ok')", run: "click" },
        { trigger: "button[name=action_ask]:contains('Ask Again')" },
        { trigger: "[name=asked_date]" },
    ],
});

tours.add("crm_css_complaint_answer", {
    steps: () => [
        { trigger: "p:contains('A new grinder, tomorrow')" },
        { trigger: "textarea[name=note]", run: "edit Thank you" },
        {
            trigger: "button[value=confirmed]",
            run: "click",
            expectUnloadPage: true,
        },
        { trigger: ".o_crm_remedy_confirmed" },
    ],
});

tours.add("crm_css_vote", {
    steps: () => [
        {
            content: "the face that was clicked in the mail is chosen, and no vote yet",
            trigger: "#rate_1:checked:not(:visible), #rate_1:checked",
        },
        { trigger: "label[for=rate_3]", run: "click" },
        { trigger: "textarea[name=feedback]", run: "edit A bit slow" },
        {
            trigger: ".o_crm_vote button[type=submit]",
            run: "click",
            expectUnloadPage: true,
        },
        { trigger: ".o_crm_vote_thanks" },
    ],
});

tours.add("crm_css_board", {
    steps: () => [
        { trigger: ".o_crm_figure[data-key=backlog]" },
        { trigger: ".o_crm_resolved canvas" },
        {
            content: "one team only",
            trigger: ".o_crm_service_board_team",
            run: "selectByLabel Board Team",
        },
        { trigger: ".o_crm_figure[data-key=backlog]:contains('1')" },
        { trigger: ".o_crm_figure[data-key=satisfaction]:contains('–')" },
        { trigger: "tr[data-team='Board Team']" },
        {
            content: "a figure opens its tickets",
            trigger: ".o_crm_figure[data-key=waiting]",
            run: "click",
        },
        {
            trigger:
                ".o_data_row:contains('Waits for us'), .o_kanban_record:contains('Waits for us')",
        },
        {
            content: "back to the team that was chosen",
            trigger: ".o_back_button, .breadcrumb-item a:contains('Service Board')",
            run: "click",
        },
        { trigger: ".o_crm_service_board_team:has(option:checked:contains('Board'))" },
    ],
});

tours.add("crm_css_feedback", {
    steps: () => [
        {
            content: "the bad vote waits for the leader",
            trigger: ".o_kanban_record:contains('Nobody called me back')",
            run: "click",
        },
        { trigger: ".ribbon:contains('Bad')" },
        { trigger: "button[name=action_start]", run: "click" },
        { trigger: ".o_arrow_button_current:contains('In Progress')" },
        {
            content: "without a word on what was done it is not closed",
            trigger: "button[name=action_done]",
            run: "click",
        },
        { trigger: ".modal:contains('Action Taken')" },
        { trigger: ".modal .btn-primary", run: "click" },
        {
            trigger: "[name=action_taken] textarea",
            run: "edit Called her, a technician comes tomorrow",
        },
        { trigger: "[name=outcome] input, [name=outcome] select", run: "click" },
        { trigger: ".o_select_menu_item:contains('satisfied again')", run: "click" },
        { trigger: "button[name=action_done]", run: "click" },
        { trigger: ".o_arrow_button_current:contains('Done')" },
        { trigger: "[name=closed_by_id]" },
    ],
});

tours.add("crm_css_review", {
    steps: () => [
        {
            trigger: ".o_data_row:contains('Grinder stops') [name=ticket_id]",
            run: "click",
        },
        {
            content: "five of five for the tone",
            trigger: ".o_data_row:contains('Friendly') [name=points]",
            run: "click",
        },
        {
            trigger: ".o_selected_row:contains('Friendly') [name=points] input",
            run: "edit 5",
        },
        {
            content: "two of five for the cure, which weighs more",
            trigger: ".o_data_row:contains('Solved') [name=points]",
            run: "click",
        },
        {
            trigger: ".o_selected_row:contains('Solved') [name=points] input",
            run: "edit 2",
        },
        {
            trigger: ".o_inner_group [name=comment] textarea",
            run: "edit Ask what happened before it stopped",
        },
        { trigger: "[name=result]:contains('55')" },
        { trigger: "button[name=action_done]", run: "click" },
        { trigger: ".o_arrow_button_current:contains('Reviewed')" },
    ],
});

tours.add("crm_css_review_own", {
    steps: () => [
        {
            trigger: ".o_data_row:contains('Grinder stops') [name=ticket_id]",
            run: "click",
        },
        { trigger: "[name=comment]:contains('what happened before')" },
        {
            trigger: "[name=answer] textarea",
            run: "edit I did, on the phone",
        },
        { trigger: ".o_form_button_save:enabled", run: "click" },
        { trigger: ".o_form_saved" },
    ],
});
