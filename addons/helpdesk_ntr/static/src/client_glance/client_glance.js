import { Component, onMounted, onWillUnmount, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { localization } from "@web/core/l10n/localization";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

const { DateTime } = luxon;
const FOLD_KEY = "helpdesk_ntr.client_glance_folded";
const HALF_MINUTE = 30000;

/**
 * What whoever answers should know of the client. What it shows comes whole from
 * ntr.ticket._get_client_glance, so that other addons add to it there.
 */
export class ClientGlance extends Component {
    static template = "helpdesk_ntr.ClientGlance";
    static props = { ...standardFieldProps };

    setup() {
        this.actionService = useService("action");
        this.ui = useService("ui");
        const kept = browser.localStorage.getItem(FOLD_KEY);
        this.state = useState({
            isFolded: kept === null ? this.ui.isSmall : kept === "1",
            now: Date.now(),
        });
        onMounted(() => {
            this.clock = browser.setInterval(
                () => (this.state.now = Date.now()),
                HALF_MINUTE
            );
        });
        onWillUnmount(() => browser.clearInterval(this.clock));
    }

    get glance() {
        return this.props.record.data[this.props.name];
    }

    get hasMore() {
        const { people, notes, lists } = this.glance;
        return [people, notes, lists].some((part) => part.length);
    }

    get timeThere() {
        const { tz } = this.glance;
        const there = tz && DateTime.fromMillis(this.state.now, { zone: tz });
        return there && there.isValid ? there : null;
    }

    /** The time at the client's place, with the day where it is another one. */
    get localTime() {
        const there = this.timeThere;
        if (!there) {
            return "";
        }
        const format = localization.timeFormat.replace(":ss", "");
        const here = DateTime.fromMillis(this.state.now);
        const isSameDay = there.toISODate() === here.toISODate();
        return there.toFormat(isSameDay ? format : `ccc ${format}`);
    }

    get localTimeTitle() {
        return _t("Time at the client's place (%s)", this.glance.tz);
    }

    /** Who calls at night wakes somebody up. */
    get isNight() {
        const { hour } = this.timeThere;
        return hour < 8 || hour >= 20;
    }

    getFigureClass(figure) {
        return {
            muted: "text-muted opacity-50",
            info: "text-bg-light border",
            warning: "text-bg-warning",
            danger: "text-bg-danger",
        }[figure.level];
    }

    toggle() {
        this.state.isFolded = !this.state.isFolded;
        browser.localStorage.setItem(FOLD_KEY, this.state.isFolded ? "1" : "0");
    }

    /** A ticket that is being registered is not left for what is looked up. */
    getOptions(isMiddleClick) {
        return { newWindow: isMiddleClick || this.props.record.isNew };
    }

    async openFigure(figure, isMiddleClick) {
        const action = await this.actionService.loadAction(figure.action);
        return this.actionService.doAction(
            { ...action, name: figure.label, domain: figure.domain, context: {} },
            this.getOptions(isMiddleClick)
        );
    }

    openRecord(model, id, isMiddleClick) {
        return this.actionService.doAction(
            {
                type: "ir.actions.act_window",
                res_model: model,
                res_id: id,
                views: [[false, "form"]],
            },
            this.getOptions(isMiddleClick)
        );
    }
}

registry.category("fields").add("ntr_client_glance", {
    component: ClientGlance,
    supportedTypes: ["json"],
});
