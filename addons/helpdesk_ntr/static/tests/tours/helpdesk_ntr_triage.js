import { registry } from "@web/core/registry";
import { patient } from "./patient";

registry.category("web_tour.tours").add("helpdesk_ntr_triage", {
    steps: () => patient([
        {
            content: "A new request stands in Triage; open it",
            trigger: ".o_kanban_record:contains('Tour: printer prints stripes')",
            run: "click",
        },
        {
            content: "Name its kind",
            trigger: ".o_field_widget[name=kind_id] input",
            run: "edit Incident",
        },
        {
            trigger: ".o-autocomplete--dropdown-item:contains('Incident')",
            run: "click",
        },
        {
            content: "It is urgent",
            trigger: ".o_field_widget[name=priority] a[data-index='2'], .o_field_widget[name=priority] .o_priority_star:nth-child(2)",
            run: "click",
        },
        {
            content: "Give it to an engineer",
            trigger: ".o_field_widget[name=user_id] input",
            run: "edit Engineer",
        },
        {
            trigger: ".o-autocomplete--dropdown-item:contains(/^Engineer$/)",
            run: "click",
        },
        {
            content: "Save",
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            content: "Saved",
            trigger: ".o_form_saved",
        },
    ]),
});
