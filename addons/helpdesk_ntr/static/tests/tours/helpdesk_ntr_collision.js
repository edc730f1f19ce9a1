import { rpc } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";
import { patient } from "./patient";

const ticketId = () => parseInt(location.pathname.split("/").pop());

registry.category("web_tour.tours").add("helpdesk_ntr_collision", {
    steps: () => patient([
        {
            content: "The colleague who has it open is named",
            trigger: ".o_form_view .o_ntr_presence:contains('Coordinator')",
        },
        {
            content: "Somebody else saves another subject meanwhile",
            trigger: ".o_form_view .o_field_widget[name=name] :is(input, textarea)",
            run: async () => {
                await rpc("/web/dataset/call_kw/ntr.ticket/write", {
                    model: "ntr.ticket",
                    method: "write",
                    args: [[ticketId()], { name: "Coordinator's words" }],
                    kwargs: {},
                });
            },
        },
        {
            trigger: ".o_form_view .o_field_widget[name=name] :is(input, textarea)",
            run: "edit Dispatcher's words && press Tab",
        },
        {
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            content: "It is not overwritten, and the form says what stands there",
            trigger: ".modal:contains(\"Coordinator's words\") .modal-footer button",
            run: "click",
        },
        {
            trigger: "body:not(:has(.modal)) .o_form_button_cancel",
            run: "click",
        },
        {
            trigger: ".o_form_view .o_form_saved",
        },
    ]),
});
