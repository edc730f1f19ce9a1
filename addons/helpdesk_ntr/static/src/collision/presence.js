import { Component, onWillUnmount, useEffect, useState } from "@odoo/owl";

import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

const HEARTBEAT = 45000; // milliseconds; the server forgets after twice that

/** The colleagues who have the same ticket open just now. */
export class TicketPresence extends Component {
    static template = "helpdesk_ntr.TicketPresence";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.bus = useService("bus_service");
        this.state = useState({ people: [] });
        const onPresence = ({ ticket_id, people }) => {
            if (ticket_id === this.props.record.resId) {
                this.state.people = people;
            }
        };
        this.bus.subscribe("ntr_ticket_presence", onPresence);
        onWillUnmount(() => this.bus.unsubscribe("ntr_ticket_presence", onPresence));
        useEffect(
            (ticketId) => this.stay(ticketId),
            () => [this.props.record.resId]
        );
    }

    /** Be seen in that ticket until another one is opened. */
    stay(ticketId) {
        this.state.people = [];
        if (!ticketId) {
            return;
        }
        const meet = async () => {
            const people = await this.orm.silent.call("ntr.ticket", "meet", [ticketId]);
            if (ticketId === this.props.record.resId) {
                this.state.people = people;
            }
        };
        meet();
        const heartbeat = setInterval(meet, HEARTBEAT);
        return () => {
            clearInterval(heartbeat);
            this.orm.silent.call("ntr.ticket", "leave", [ticketId]);
        };
    }
}

registry.category("view_widgets").add("ntr_ticket_presence", { component: TicketPresence });
