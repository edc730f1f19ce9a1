import { registry } from "@web/core/registry";
import { patient } from "./patient";

const column = (name) => `.o_kanban_group:has(.o_column_title:contains('${name}'))`;

registry.category("web_tour.tours").add("helpdesk_ntr_drag", {
    steps: () => patient([
        {
            content: "Drag the ticket to Solved: the board asks what the solution was",
            trigger: `${column("In work")} .o_kanban_record:contains('Tour: printer')`,
            run: `drag_and_drop (${column("Solved")})`,
        },
        {
            trigger: ".modal .o_field_widget[name=cause_id] input",
            run: "edit Wear",
        },
        {
            trigger: ".o-autocomplete--dropdown-item:contains('Wear')",
            run: "click",
        },
        {
            content: "It asks for the field that is missing, not for others",
            trigger: ".modal .o_form_view:not(:has([property-name=note])) [property-name=hours] input",
            run: "edit 0 && press Tab",
        },
        {
            trigger: ".modal .o_field_widget[name=solution] .odoo-editor-editable",
            run: "editor Replaced the roller",
        },
        {
            trigger: ".modal button[name=action_solve]",
            run: "click",
        },
        {
            content: "The board shows it in its new place; the client rejects it",
            trigger: `body:not(:has(.modal)) ${column("Solved")} .o_kanban_record:contains('Tour: printer')`,
            run: `drag_and_drop (${column("In work")})`,
        },
        {
            trigger: ".modal .o_field_widget[name=reason] textarea",
            run: "edit It prints stripes again",
        },
        {
            trigger: ".modal button[name=action_apply]",
            run: "click",
        },
        {
            content: "It is in work again",
            trigger: `body:not(:has(.modal)) ${column("In work")} .o_kanban_record:contains('Tour: printer')`,
        },
    ]),
});
