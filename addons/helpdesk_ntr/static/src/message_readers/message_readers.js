import { Chatter } from "@mail/chatter/web_portal/chatter";
import { Component, useEffect, useState } from "@odoo/owl";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";

/** Who will get what is being written in a ticket, in the colour of his side. */
export class MessageReaders extends Component {
    static template = "helpdesk_ntr.MessageReaders";
    static props = {
        thread: { type: Object },
        type: { type: String },
    };

    setup() {
        this.orm = useService("orm");
        this.keepLast = new KeepLast();
        this.state = useState({ readers: false });
        useEffect(
            () => {
                this.load();
            },
            () => [this.key]
        );
    }

    get isNote() {
        return this.props.type === "note";
    }

    get recipients() {
        const { suggestedRecipients, additionalRecipients } = this.props.thread;
        return this.isNote ? [] : [...suggestedRecipients, ...additionalRecipients];
    }

    get partnerIds() {
        const mentioned = this.props.thread.composer?.mentionedPartners || [];
        return [...this.recipients.map((it) => it.partner_id), ...mentioned.map((it) => it.id)]
            .filter(Boolean);
    }

    get emails() {
        return this.recipients
            .filter((it) => !it.partner_id && it.email)
            .map((it) => it.email);
    }

    /** Changes with everything that decides who gets the message. */
    get key() {
        const { id, followersCount } = this.props.thread;
        return JSON.stringify([id, this.isNote, followersCount, this.partnerIds, this.emails]);
    }

    async load() {
        if (!this.props.thread.id) {
            return;
        }
        this.state.readers = await this.keepLast.add(
            this.orm.silent.call("ntr.ticket", "message_readers", [
                this.props.thread.id,
                this.partnerIds,
                this.emails,
                this.isNote,
            ])
        );
    }

    /** An answer that no client gets is no answer. */
    get isForNobody() {
        return !this.isNote && !this.state.readers.client.length;
    }
}

Object.assign(Chatter.components, { MessageReaders });
