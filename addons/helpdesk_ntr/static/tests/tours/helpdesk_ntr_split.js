import { registry } from "@web/core/registry";
import { patient } from "./patient";

registry.category("web_tour.tours").add("helpdesk_ntr_split", {
    steps: () => patient([
        {
            trigger: ".o_form_view .o-mail-Message:contains('where is my invoice')",
        },
        {
            trigger: ".o_cp_action_menus button:has(.fa-cog)",
            run: "click",
        },
        {
            trigger: ".o-dropdown--menu .dropdown-item:contains('Split off')",
            run: "click",
        },
        {
            content: "The client's other question",
            trigger: ".modal .o_data_row:contains('where is my invoice') .o_data_cell[name=is_chosen] input",
            run: "click",
        },
        {
            content: "The subject is proposed",
            trigger: ".modal .o_field_widget[name=name] input:value(And where is my invoice?)",
        },
        {
            trigger: ".modal button[name=action_split]",
            run: "click",
        },
        {
            content: "The new ticket has the message",
            trigger: "body:not(:has(.modal)) .o_form_view .o-mail-Message:contains('where is my invoice')",
        },
        {
            trigger: ".o_form_view .o_field_widget[name=name]:contains('And where is my invoice?'), .o_form_view .o_field_widget[name=name] :value('And where is my invoice?')",
        },
    ]),
});
