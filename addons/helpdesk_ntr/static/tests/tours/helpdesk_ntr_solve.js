import { registry } from "@web/core/registry";
import { patient } from "./patient";

registry.category("web_tour.tours").add("helpdesk_ntr_solve", {
    steps: () => patient([
        {
            content: "My ticket stands in My work; open it",
            trigger: ".o_data_row td:contains('Tour: printer prints stripes')",
            run: "click",
        },
        {
            content: "Take it into work",
            trigger: ".o_form_statusbar button[name=action_take]",
            run: "click",
        },
        {
            content: "It is in work, so it can be solved",
            trigger: ".o_form_statusbar:not(:has(button[name=action_take])) button:contains('Solve')",
            run: "click",
        },
        {
            content: "Name the cause",
            trigger: ".modal .o_field_widget[name=cause_id] input",
            run: "edit Wear",
        },
        {
            trigger: ".o-autocomplete--dropdown-item:contains('Wear')",
            run: "click",
        },
        {
            content: "Write what was done",
            trigger: ".modal .o_field_widget[name=solution] .odoo-editor-editable",
            run: "editor Replaced the roller",
        },
        {
            content: "Solve it and tell the client",
            trigger: ".modal button[name=action_solve]",
            run: "click",
        },
        {
            content: "Solved",
            trigger: ".o_form_view:not(:has(.modal)) button[name='action_close'], .o_statusbar_status .o_arrow_button_current:contains('Solved')",
        },
    ]),
});
