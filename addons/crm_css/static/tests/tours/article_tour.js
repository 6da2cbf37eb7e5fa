import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("crm_css_article_on_ticket", {
    steps: () => [
        {
            content: "the articles that fit this ticket",
            trigger: ".o_notebook .nav-link[name='articles']",
            run: "click",
        },
        { trigger: ".o_crm_article:contains('The grinder runs hot')" },
        {
            content: "one does not help",
            trigger:
                ".o_crm_article:contains('Milk of the grinder') button:contains('Not Helpful')",
            run: "click",
        },
        {
            trigger:
                ".o_crm_article_suggest:not(:has(.o_crm_article:contains('Milk of the grinder')))",
        },
        {
            content: "the other goes into the answer",
            trigger:
                ".o_crm_article:contains('The grinder runs hot') button:contains('Insert into Answer')",
            run: "click",
        },
        {
            trigger:
                ".modal .o_mail_composer_form .note-editable:contains('Let it cool down')",
        },
        {
            content: "send",
            trigger: ".modal button[name='action_send_mail']",
            run: "click",
        },
        {
            content: "it is linked now",
            trigger:
                ".o_field_widget[name='article_ids']:contains('The grinder runs hot')",
        },
        { trigger: ".o-mail-Message:contains('Let it cool down')" },
    ],
});

registry.category("web_tour.tours").add("crm_css_article_published", {
    steps: () => [
        {
            content: "a resolved ticket becomes a draft",
            trigger: "button[name='action_make_article']",
            run: "click",
        },
        { trigger: ".alert:contains('Masked')" },
        { trigger: ".o_field_widget[name='body']:contains('[name]')" },
        { trigger: "button[name='action_submit']", run: "click" },
        { trigger: ".o_arrow_button_current:contains('In Review')" },
        {
            content: "the reviewer has read it",
            trigger: ".o_field_widget[name='is_privacy_checked'] input",
            run: "click",
        },
        { trigger: ".o_field_widget[name='is_privacy_checked'] input:checked" },
        { trigger: "button[name='action_publish']", run: "click" },
        { trigger: ".o_arrow_button_current:contains('Published')" },
    ],
});

registry.category("web_tour.tours").add("crm_css_article_instead_of_ticket", {
    url: "/new/ticket",
    steps: () => [
        {
            content: "begin a question",
            trigger: "input[name='subject']",
            run: "edit Our grinder is too hot",
        },
        {
            content: "an article is there before it is sent",
            trigger: ".o_crm_article a:contains('The grinder runs hot')",
        },
        {
            trigger:
                ".o_crm_article:contains('The grinder runs hot') [data-solved]:contains('This solved it')",
            run: "click",
        },
        {
            trigger: ".o_crm_solved a:contains('back to your tickets')",
            run: "click",
            expectUnloadPage: true,
        },
        { trigger: "body:not(:has(form[action='/submitted/ticket']))" },
    ],
});

registry.category("web_tour.tours").add("crm_css_help_pages", {
    url: "/my",
    steps: () => [
        { trigger: "a[href='/help']", run: "click", expectUnloadPage: true },
        { trigger: ".o_crm_help_search input[name='q']", run: "edit hot grinders" },
        {
            trigger: ".o_crm_help_search button[type='submit']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: ".o_crm_help_article:contains('The grinder runs hot')",
            run: "click",
            expectUnloadPage: true,
        },
        { trigger: ".o_crm_help_body:contains('Let it cool down')" },
        {
            trigger: ".o_crm_vote button:contains('Yes')",
            run: "click",
            expectUnloadPage: true,
        },
        { trigger: ".o_crm_voted:contains('Thank you')" },
    ],
});
