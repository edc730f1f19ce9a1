import { registry } from "@web/core/registry";
import { patient } from "./patient";

registry.category("web_tour.tours").add("helpdesk_ntr_health", {
    steps: () => patient([
        {
            content: "An automatic mail came in; look at it",
            trigger: "[data-line=automatic][data-level=info] button",
            run: "click",
        },
        {
            content: "Open it",
            trigger: ".o_data_row:contains('Tour: toner') td[name=subject]",
            run: "click",
        },
        {
            content: "Make a ticket of it",
            trigger: ".o_form_view button[name=action_make_ticket]",
            run: "click",
        },
        {
            content: "The ticket is open",
            trigger: ".o_form_view .o_field_widget[name=name] textarea, .o_form_view .o_field_widget[name=number]",
        },
    ]),
});
