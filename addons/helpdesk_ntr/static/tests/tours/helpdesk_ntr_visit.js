import { registry } from "@web/core/registry";
import { patient } from "./patient";

registry.category("web_tour.tours").add("helpdesk_ntr_visit", {
    steps: () => patient([
        {
            trigger: ".o_form_view .nav-link[name=planning]",
            run: "click",
        },
        {
            trigger: ".o_form_view button:contains('Plan a visit')",
            run: "click",
        },
        {
            content: "Whoever has the ticket goes there; something stands against the time",
            trigger: ".modal .o_field_widget[name=user_id] input:value(Engineer)",
        },
        {
            trigger: ".modal .alert:contains('has “Stocktaking” then')",
        },
        {
            trigger: ".modal button[name=action_plan]",
            run: "click",
        },
        {
            content: "The ticket knows of it",
            trigger: "body:not(:has(.modal)) .o_form_view [name=visit_ids] .o_data_row:contains('Engineer')",
        },
        {
            trigger: ".o_form_view button[name=action_view_visits]",
            run: "click",
        },
        {
            content: "It stands in the calendar, in the week in which it will be",
            trigger: ".o_calendar_view .o_event:contains('Romashka')",
        },
    ]),
});
