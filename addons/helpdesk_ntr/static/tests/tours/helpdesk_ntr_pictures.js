import { registry } from "@web/core/registry";
import { patient } from "./patient";

const request = ".o_field_widget[name=description]";
const said = ".o-mail-Message .overflow-x-auto:shadow";
const waiting = ":has(img[data-original-src]:not([src]))";

registry.category("web_tour.tours").add("helpdesk_ntr_pictures", {
    steps: () => patient([
        {
            content: "Pictures from elsewhere wait, in the request and in the conversation",
            trigger: `${said} span${waiting} .o_ntr_pictures button`,
        },
        {
            content: "They come for the text that they are asked for",
            trigger: `${request}${waiting} .o_ntr_pictures button`,
            run: "click",
        },
        {
            trigger: `${request}:not(:has(.o_ntr_pictures)) img[src*="/web/image"]`,
        },
        {
            trigger: `${said} span${waiting} .o_ntr_pictures button`,
            run: "click",
        },
        {
            trigger: `${said} img[src*="/web/image"]`,
        },
        {
            content: "What the mail repeats is folded",
            trigger: `${said} .o-mail-ellipsis`,
        },
    ]),
});
