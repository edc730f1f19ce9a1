import { registry } from "@web/core/registry";
import { patient } from "./patient";

registry.category("web_tour.tours").add("helpdesk_ntr_automatic", {
    steps: () => patient([
        {
            content: "What a program wrote is one line; press it",
            trigger: ".o-ntr-folded .o-ntr-foldedLine:contains('Away')",
            run: "click",
        },
        {
            content: "It is shown",
            trigger: ".o-mail-Message:not(.o-ntr-folded):has(.o-ntr-foldedLine[aria-expanded='true'])",
        },
        {
            content: "What a person wrote never was folded",
            trigger: ".o-mail-Message:not(:has(.o-ntr-foldedLine))",
        },
    ]),
});
