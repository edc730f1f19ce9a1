import { registry } from "@web/core/registry";
import { patient } from "./patient";

registry.category("web_tour.tours").add("helpdesk_ntr_pass_on", {
    steps: () => patient([
        {
            content: "My ticket stands in My work; open it",
            trigger: ".o_data_row td:contains('Tour: printer prints stripes')",
            run: "click",
        },
        {
            content: "It is too hard for me",
            trigger: ".o_form_statusbar button:contains('Pass on')",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=line_id] input",
            run: "edit Line 3",
        },
        {
            trigger: ".o-autocomplete--dropdown-item:contains('Line 3')",
            run: "click",
        },
        {
            content: "Without a reason it is not passed on",
            trigger: ".modal button[name=action_apply]",
            run: "click",
        },
        {
            trigger: ".modal .o_field_invalid[name=reason] textarea",
            run: "edit Needs the manufacturer's expert",
        },
        {
            trigger: ".modal button[name=action_apply]",
            run: "click",
        },
        {
            content: "The next one sees why it came",
            trigger: ".o_form_view .alert:contains(\"Needs the manufacturer's expert\")",
        },
        {
            content: "It is returned",
            trigger: ".o_form_statusbar button:contains('Return')",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=reason] textarea",
            run: "edit No such fault is known here",
        },
        {
            trigger: ".modal button[name=action_apply]",
            run: "click",
        },
        {
            content: "Back on the line that passed it on",
            trigger: ".o_form_view .alert:contains('No such fault is known here')",
        },
    ]),
});
