import { useEffect } from "@odoo/owl";
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
            useEffect(
                (group) => this.unfold(group),
                () => [this.firstFilledGroup]
            );
            useEffect(
                () => this.scrollToFirstFilledGroup(),
                () => [this.firstFilledGroup?.value]
            );
        }
    }

    /** Odoo folds the column of what has no value, again after each loading. */
    unfold(group) {
        if (group?.isFolded && this.unfoldedId !== group.id) {
            this.unfoldedId = group.id;
            group.toggle();
        }
    }

    scrollToFirstFilledGroup() {
        const index = this.columns.indexOf(this.firstFilledGroup);
        const elements = this.rootRef.el?.querySelectorAll(".o_kanban_group");
        if (index > 0) {
            elements?.[index]?.scrollIntoView({ inline: "start", block: "nearest" });
        }
    }

    /** The groups as they stand on the board. */
    get columns() {
        const { list } = this.props;
        return list.isGrouped ? this.getGroupsOrRecords().map(({ group }) => group) : [];
    }

    get firstFilledGroup() {
        return this.columns.find((group) => group.count);
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
