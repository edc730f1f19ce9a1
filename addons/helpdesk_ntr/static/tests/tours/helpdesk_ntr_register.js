import { registry } from "@web/core/registry";
import { patient } from "./patient";

const field = (name, tag = "input") => `.modal .o_field_widget[name=${name}] ${tag}`;
/** The caret stands in that field: nobody has to reach for the mouse. */
const focused = (name, tag = "input") => `${field(name, tag)}:focus`;

registry.category("web_tour.tours").add("helpdesk_ntr_register", {
    steps: () => patient([
        {
            content: "The phone rings in Triage",
            trigger: ".o_kanban_view .o_control_panel button:contains('Register')",
            run: "press alt+r",
        },
        {
            content: "Type the number on the display",
            trigger: focused("partner_id"),
            run: "fill 8 495 1234567",
        },
        {
            trigger: ".o-autocomplete--dropdown-item:contains('Ivan Petrov')",
        },
        {
            content: "Enter takes the first hit",
            trigger: focused("partner_id"),
            run: "press Enter",
        },
        {
            content: "What of him is open is seen at once",
            trigger: ".modal [name=open_ticket_ids] .o_data_row:contains('Tour: label')",
        },
        {
            trigger: `${field("partner_id")}:value(Ivan Petrov)`,
            run: "press Tab",
        },
        {
            content: "His unit",
            trigger: focused("equipment_id"),
            run: "fill Lab",
        },
        {
            trigger: ".o-autocomplete--dropdown-item:contains('Labelling machine')",
        },
        {
            trigger: focused("equipment_id"),
            run: "press Enter",
        },
        {
            trigger: `${field("equipment_id")}:value(Labelling machine)`,
            run: "press Tab",
        },
        {
            trigger: focused("name"),
            run: "fill Tour: the belt squeaks && press Tab",
        },
        {
            trigger: focused("description", "textarea"),
            run: "fill It squeaks since the morning",
        },
        {
            content: "Solved while he was on the phone",
            trigger: focused("description", "textarea"),
            run: "press alt+s",
        },
        {
            content: "The dialog asks for the solution",
            trigger: ".modal .o_field_widget[name=solution] textarea",
        },
        {
            // a browser leaves the group of choices at once, the simulated key does not
            trigger: ".modal [name=outcome] input[data-value=solve]:focus",
            run: "press Tab && press Tab && press Tab",
        },
        {
            trigger: focused("solution", "textarea"),
            run: "fill Told him which screw to turn && press Tab",
        },
        {
            trigger: focused("cause_id"),
            run: "fill Wea",
        },
        {
            trigger: ".o-autocomplete--dropdown-item:contains('Wear')",
        },
        {
            trigger: focused("cause_id"),
            run: "press Enter",
        },
        {
            trigger: `${field("cause_id")}:value(/^Wear/)`,
            run: "press alt+q",
        },
        {
            content: "The number to tell him, and the desk is ready for the next call",
            trigger: ".o_notification:contains('Registered under the number')",
        },
        {
            trigger: "body:not(:has(.modal)) .o_kanban_view",
        },
        {
            content: "Another one, whom nobody knows",
            trigger: ".o_kanban_view .o_control_panel button:contains('Register')",
            run: "press alt+r",
        },
        {
            trigger: focused("partner_id"),
            run: "fill +7 499 000-11-22",
        },
        {
            trigger: ".o-autocomplete--dropdown-item:contains('499 000-11-22')",
        },
        {
            trigger: focused("partner_id"),
            run: "press Enter",
        },
        {
            content: "The number is kept, the name is asked for",
            trigger: `.modal:has([name=contact_phone] input:value(+7 499 000-11-22)) [name=contact_name] input:focus`,
            run: "fill Pavel New && press Tab",
        },
        {
            trigger: focused("contact_phone"),
            run: "press Tab",
        },
        {
            trigger: focused("contact_email"),
            run: "press Tab",
        },
        {
            trigger: focused("contact_firm_id"),
            run: "press Tab",
        },
        {
            trigger: focused("name"),
            run: "fill Tour: where is my parcel && press Tab",
        },
        {
            trigger: focused("description", "textarea"),
            run: "press alt+t",
        },
        {
            trigger: ".modal [name=outcome] input[data-value=take]:checked",
            run: "press alt+o",
        },
        {
            content: "It is his, and open before him",
            trigger: "body:not(:has(.modal)) .o_form_view .o_field_widget[name=name] :value(Tour: where is my parcel)",
        },
    ]),
});
