import { registry } from "@web/core/registry";
import { patient } from "./patient";

const isInSight = (element) => element.getBoundingClientRect().left < window.innerWidth;

registry.category("web_tour.tours").add("helpdesk_ntr_telephone", {
    steps: () =>
        patient([
            {
                content: "My ticket is in work: nobody has to push an empty column away",
                trigger: ".o_kanban_record:contains('Tour: mine')",
                run() {
                    if (!isInSight(this.anchor)) {
                        throw new Error("The first column with tickets is out of sight");
                    }
                },
            },
            {
                content: "The coordinator goes to Control",
                trigger: "body",
                run: () => window.location.assign("/odoo/ntr-control"),
                expectUnloadPage: true,
            },
            {
                content: "Tickets of nobody stand unfolded, and first",
                trigger: ".o_kanban_group:first .o_kanban_record:contains('Tour: of nobody')",
                run() {
                    if (!isInSight(this.anchor)) {
                        throw new Error("What nobody has is out of sight");
                    }
                },
            },
        ]),
});
