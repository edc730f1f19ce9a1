import { registry } from "@web/core/registry";
import { patient } from "./patient";

registry.category("web_tour.tours").add("helpdesk_ntr_queues", {
    steps: () => patient([
        {
            content: "Something of my team is late; press its number",
            trigger: "tr[data-queue=late] button[data-scope=my_team]",
            run: "click",
        },
        {
            content: "The late ticket is listed",
            trigger: ".o_data_row:contains('Tour: late stripes')",
        },
        {
            content: "Others are not",
            trigger: ".o_list_view:not(:contains('Tour: new'))",
        },
    ]),
});
