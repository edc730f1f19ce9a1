import { registry } from "@web/core/registry";
import { patient } from "./patient";

registry.category("web_tour.tours").add("helpdesk_ntr_merge", {
    steps: () => patient([
        {
            content: "The form names the ticket that this one may be",
            trigger: ".o_form_view .alert .o_field_widget[name=duplicate_ids]:contains('white stripes')",
        },
        {
            trigger: ".o_form_view .alert button:contains('Merge')",
            run: "click",
        },
        {
            content: "The likely double is chosen already",
            trigger: ".modal .o_field_widget[name=master_id] input:value(white stripes)",
        },
        {
            trigger: ".modal button[name=action_merge]",
            run: "click",
        },
        {
            content: "The ticket that stays has the client's mail, with the number it came under",
            trigger: ".o-mail-Message:contains('Ivan Petrov') .o_ntr_origin",
        },
        {
            content: "The merged one is named in the course of events",
            trigger: ".o_notebook .nav-link:contains('Course of events')",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=merged_ids]:contains('white stripes!')",
        },
        {
            content: "Back in the merged one",
            trigger: ".o_breadcrumb .o_back_button, .breadcrumb-item a:contains('white stripes!')",
            run: "click",
        },
        {
            trigger: ".o_form_view button[name=action_unmerge]",
            run: "click",
        },
        {
            content: "It stands by itself again",
            trigger: ".o_form_view:not(:has(button[name=action_unmerge])) .o-mail-Message:contains('Ivan Petrov')",
        },
    ]),
});
