import { Component, onWillStart, onWillUpdateProps, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { useService } from "@web/core/utils/hooks";

const SCOPE_KEY = "helpdesk_ntr.queue_scope";

/**
 * The ready filters of the help desk, each with its number. "table" shows one column
 * per scope (mine, my line ...), "bar" one row with a choice of the scope.
 */
export class QueueBoard extends Component {
    static template = "helpdesk_ntr.QueueBoard";
    static props = {
        layout: { type: String },
        onSelect: { type: Function },
        list: { type: Object, optional: true },
    };

    setup() {
        this.orm = useService("orm");
        this.state = useState({
            scopes: [],
            queues: [],
            scope: browser.localStorage.getItem(SCOPE_KEY) || "all",
        });
        onWillStart(() => this.load());
        onWillUpdateProps(() => this.load());
    }

    async load() {
        Object.assign(
            this.state,
            await this.orm.silent.call("ntr.ticket", "queue_counters", [])
        );
        if (!this.state.scopes.some((scope) => scope.name === this.state.scope)) {
            this.state.scope = "all";
        }
    }

    get scopeLabel() {
        return this.state.scopes.find((scope) => scope.name === this.state.scope)?.label;
    }

    chooseScope(ev) {
        this.state.scope = ev.target.value;
        browser.localStorage.setItem(SCOPE_KEY, this.state.scope);
    }

    /** Loud only where something stands. */
    getNumberClass(queue, scope) {
        if (!queue.counts[scope]) {
            return "text-muted opacity-50";
        }
        return {
            danger: "text-bg-danger",
            warning: "text-bg-warning",
            info: "text-bg-light border",
        }[queue.level];
    }

    select(queue, scope) {
        this.props.onSelect([
            "not_ended",
            queue.name,
            ...(scope === "all" ? [] : [scope]),
        ]);
    }
}
