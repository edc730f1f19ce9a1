import { Component, onWillStart, useState } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

/** Does mail come in and go out, does every ticket have an owner: a line for each. */
export class HelpdeskHealth extends Component {
    static template = "helpdesk_ntr.Health";
    static components = { Layout };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.actionService = useService("action");
        this.state = useState({ lines: [] });
        this.display = { controlPanel: {} };
        onWillStart(() => this.load());
    }

    async load() {
        this.state.lines = await this.orm.call("ntr.health", "report", []);
    }

    get isAllWell() {
        return this.state.lines.every((line) => ["good", "info"].includes(line.level));
    }

    getIcon(line) {
        return {
            good: "fa-check text-success",
            info: "fa-info text-info",
            warning: "fa-exclamation-triangle text-warning",
            danger: "fa-exclamation-triangle text-danger",
        }[line.level];
    }

    getNumberClass(line) {
        return {
            info: "text-bg-light border",
            warning: "text-bg-warning",
            danger: "text-bg-danger",
        }[line.level];
    }

    open(line) {
        return this.actionService.doAction(line.action);
    }
}

registry.category("actions").add("ntr_health", HelpdeskHealth);
