import { onMounted, onWillStart } from "@odoo/owl";
import { useService } from "@web/core/utils/hooks";
import { registry } from "@web/core/registry";
import { KanbanRenderer } from "@web/views/kanban/kanban_renderer";
import { kanbanView } from "@web/views/kanban/kanban_view";
import { QueueBoard } from "./queue_board";

/** The teams, and above them what to look at first; a number opens its tickets. */
export class TeamOverviewRenderer extends KanbanRenderer {
    static template = "helpdesk_ntr.TeamOverviewRenderer";
    static components = { ...KanbanRenderer.components, QueueBoard };

    setup() {
        super.setup();
        this.actionService = useService("action");
    }

    openTickets(filters) {
        const entries = filters.map((name) => [`search_default_${name}`, 1]);
        return this.actionService.doAction("helpdesk_ntr.ntr_ticket_action", {
            additionalContext: Object.fromEntries(entries),
        });
    }
}

/** Columns of tickets. A telephone shows one of them: the first that has tickets. */
export class TicketKanbanRenderer extends KanbanRenderer {
    setup() {
        super.setup();
        if (this.env.isSmall) {
            // Odoo folds the column of what has no value
            onWillStart(() => {
                const group = this.firstFilledGroup;
                return group?.isFolded && group.toggle();
            });
            onMounted(() => {
                const index = this.props.list.groups?.indexOf(this.firstFilledGroup);
                const columns = this.rootRef.el?.querySelectorAll(".o_kanban_group");
                columns?.[index]?.scrollIntoView({ inline: "start", block: "nearest" });
            });
        }
    }

    get firstFilledGroup() {
        return this.props.list.groups?.find((group) => group.count);
    }
}

/** The tickets, and above them the ready filters; a number filters the same tickets. */
export class TicketControlRenderer extends TicketKanbanRenderer {
    static template = "helpdesk_ntr.TicketControlRenderer";
    static components = { ...TicketKanbanRenderer.components, QueueBoard };

    filterTickets(filters) {
        const model = this.env.searchModel;
        // Columns per executor say nothing of tickets that have none.
        const dropped = filters.includes("unassigned")
            ? ["filter", "favorite", "groupBy"]
            : ["filter", "favorite"];
        model.query = model.query.filter(
            ({ searchItemId }) => !dropped.includes(model.searchItems[searchItemId].type)
        );
        for (const item of model.getSearchItems((item) => filters.includes(item.name))) {
            model.toggleSearchItem(item.id);
        }
    }
}

registry.category("views").add("ntr_team_overview", {
    ...kanbanView,
    Renderer: TeamOverviewRenderer,
});
registry.category("views").add("ntr_ticket_kanban", {
    ...kanbanView,
    Renderer: TicketKanbanRenderer,
});
registry.category("views").add("ntr_ticket_control", {
    ...kanbanView,
    Renderer: TicketControlRenderer,
});
