import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("helpdesk_kb_versions", {
    steps: () => [
        {
            content: "Open the article",
            trigger: ".o_kanban_record:contains('Tour: pale receipts')",
            run: "click",
        },
        {
            content: "It shows the new text",
            trigger: ".o_field_widget[name=solution] :contains('Second text')",
        },
        {
            content: "Open what can be done with it",
            trigger: ".o_cp_action_menus button:has(.fa-cog)",
            run: "click",
        },
        {
            content: "Open the versions of the only text that was changed",
            trigger: ".o_menu_item:has(.fa-history):only",
            run: "click",
        },
        {
            content: "Look at the first version",
            trigger: ".html-history-dialog .revision-list a:nth-child(2)",
            run: "click",
        },
        {
            content: "It is the old text; restore it",
            trigger:
                ".modal:has(.history-content-view:contains('First text')) footer .btn-primary",
            run: "click",
        },
        {
            content: "Confirm that",
            trigger: ".modal:not(:has(.html-history-dialog)) footer .btn-primary",
            run: "click",
        },
        {
            content: "The form shows the old text; save it",
            trigger:
                ".o_form_view:has(.o_field_widget[name=solution] :contains('First text')) .o_form_button_save",
            run: "click",
        },
        {
            content: "Saved",
            trigger: ".o_form_saved",
        },
    ],
});
