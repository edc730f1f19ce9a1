import { registry } from "@web/core/registry";
import { patient } from "./patient";

const CHECK = ".o_ntr_answer_check";

registry.category("web_tour.tours").add("helpdesk_ntr_canned", {
    steps: () => patient([
        {
            content: "My ticket stands in My work; open it",
            trigger: ".o_data_row td:contains('Tour: printer prints stripes')",
            run: "click",
        },
        {
            trigger: ".o-mail-Chatter-sendMessage",
            run: "click",
        },
        {
            content: "What the letter begins with is known before it is written",
            trigger: `${CHECK}:contains('Hello, Ivan!')`,
        },
        {
            trigger: `${CHECK} [data-check=thanks] .fa-circle-thin`,
        },
        {
            trigger: `${CHECK} [data-check=deadline] .fa-circle-thin`,
        },
        {
            content: "Look for the canned answer by its shortcut",
            trigger: ".o-mail-Composer-input",
            run: "edit ::tourbeg",
        },
        {
            content: "It is shown as the client will read it",
            trigger: ".o-mail-Composer-suggestion:contains('Engineer Two has begun')",
            run: "click",
        },
        {
            content: "Its text stands in the answer, and what it says is ticked",
            trigger: `${CHECK} [data-check=thanks] .fa-check`,
        },
        {
            trigger: `${CHECK} [data-check=deadline] .fa-check`,
        },
        {
            trigger: ".o-mail-Composer-send:enabled",
            run: "click",
        },
        {
            content: "The client reads it",
            trigger: ".o-mail-Message-body:contains('Engineer Two has begun. We come tomorrow')",
        },
        {
            content: "A note is for colleagues, so nothing is checked",
            trigger: ".o-mail-Chatter-logNote",
            run: "click",
        },
        {
            trigger: `.o-mail-Composer:not(:has(~ ${CHECK}))`,
        },
    ]),
});
