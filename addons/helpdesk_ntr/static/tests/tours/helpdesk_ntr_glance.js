import { registry } from "@web/core/registry";
import { patient } from "./patient";

const glance = ".o_ntr_client_glance";

registry.category("web_tour.tours").add("helpdesk_ntr_glance", {
    steps: () => patient([
        {
            content: "Somebody calls: who is it?",
            trigger: ".o_field_widget[name=name] textarea",
            run: "edit Tour: belt squeaks",
        },
        {
            trigger: `.o_form_view:not(:has(${glance})) .o_field_widget[name=partner_id] input`,
            run: "edit Ivan Petrov",
        },
        {
            trigger: ".o-autocomplete--dropdown-item:contains('Ivan Petrov')",
            run: "click",
        },
        {
            content: "His numbers stand there before anything is saved",
            trigger: `.o_form_view:has(.o_form_button_save) ${glance} [data-figure=open] .badge:contains('1')`,
        },
        {
            trigger: `${glance} .o_ntr_local_time:contains(':')`,
        },
        {
            trigger: `${glance} [data-row=solved]:contains('Tour: old stripes')`,
        },
        {
            trigger: ".o_form_button_save:enabled",
            run: "click",
        },
        {
            content: "A number opens what it counts",
            trigger: `.o_form_saved ${glance} [data-figure=open]`,
            run: "click",
        },
        {
            trigger: ".o_list_view .o_data_row:contains('Tour: printer'):not(:contains('squeaks'))",
        },
        {
            trigger: ".o_back_button, .breadcrumb-item:last a",
            run: "click",
        },
        {
            content: "A row opens its ticket",
            trigger: `.o_form_saved ${glance} [data-row=solved]:contains('Tour: old stripes')`,
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=name]:has(textarea:value('Tour: old stripes'))",
        },
        {
            content: "Who gets the answer",
            trigger: ".o-mail-Chatter-sendMessage",
            run: "click",
        },
        {
            trigger: ".o_ntr_readers_client:contains('Ivan Petrov')",
        },
        {
            content: "Who reads the note",
            trigger: ".o-mail-Chatter-logNote",
            run: "click",
        },
        {
            trigger:
                ".o-mail-Chatter:not(:has(.o_ntr_readers_client)) .o_ntr_readers_staff:contains('Only colleagues')",
        },
    ]),
});
