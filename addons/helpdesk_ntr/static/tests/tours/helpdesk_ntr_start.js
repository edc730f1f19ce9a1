import { registry } from "@web/core/registry";
import { patient } from "./patient";

const field = (name, tag = "input") => `.modal .o_field_widget[name=${name}] ${tag}`;

registry.category("web_tour.tours").add("helpdesk_ntr_start", {
    steps: () => patient([
        {
            content: "The help desk is installed: take the first steps",
            trigger: "[data-menu-xmlid='helpdesk_ntr.helpdesk_menu_configuration']",
            run: "click",
        },
        {
            trigger: "[data-menu-xmlid='helpdesk_ntr.helpdesk_menu_configuration_start']",
            run: "click",
        },
        {
            trigger: field("name"),
            run: "edit Tour desk",
        },
        {
            content: "A mailbox",
            trigger: field("alias_name"),
            run: "edit tour-desk",
        },
        {
            content: "Hours",
            trigger: field("hour_to"),
            run: "edit 19:00",
        },
        {
            content: "One line",
            trigger: `${field("line_count")}[data-value='1']`,
            run: "click",
        },
        {
            trigger: ".modal:not(:has([name=member_2_ids]:visible))",
        },
        {
            content: "Who receives requests",
            trigger: field("member_1_ids"),
            run: "edit Ann",
        },
        {
            trigger: ".o-autocomplete--dropdown-item:contains(/^Ann$/)",
            run: "click",
        },
        {
            trigger: ".modal [name=member_1_ids] .o_tag:contains('Ann')",
        },
        {
            trigger: ".modal button[name=action_apply]",
            run: "click",
        },
        {
            content: "The desk stands in the overview",
            trigger: "body:not(:has(.modal)) .o_kanban_record:contains('Tour desk')",
        },
        {
            content: "The phone rings",
            trigger: "[data-menu-xmlid='helpdesk_ntr.helpdesk_menu_register']",
            run: "click",
        },
        {
            trigger: field("partner_id"),
            run: "edit Ivan Petrov",
        },
        {
            trigger: ".o-autocomplete--dropdown-item:contains('Ivan Petrov')",
            run: "click",
        },
        {
            trigger: `${field("partner_id")}:value(/Ivan Petrov/)`,
        },
        {
            trigger: field("name"),
            run: "edit Tour: first request",
        },
        {
            trigger: ".modal footer button.btn-primary",
            run: "click",
        },
        {
            trigger: ".o_notification:contains('Registered under the number')",
        },
        {
            content: "It stands in Triage",
            trigger: "body:not(:has(.modal)) [data-menu-xmlid='helpdesk_ntr.helpdesk_menu_triage']",
            run: "click",
        },
        {
            trigger: ".o_kanban_record:contains('Tour: first request')",
        },
    ]),
});
