import { Composer } from "@mail/core/common/composer";
import { Component, onMounted, status, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";
import { patch } from "@web/core/utils/patch";

import { checkAnswer } from "./answer_words";

/**
 * Below an answer to the client: what it should say, and what the letter gets by itself.
 * It reminds and never stops anybody.
 */
export class AnswerCheck extends Component {
    static template = "helpdesk_ntr.AnswerCheck";
    static props = { text: String, ticketId: Number };

    setup() {
        this.orm = useService("orm");
        this.state = useState({ facts: false });
        onMounted(() => this.loadFacts());
    }

    async loadFacts() {
        const facts = await this.orm.silent.call("ntr.ticket", "get_answer_check", [
            [this.props.ticketId],
        ]);
        if (status(this) !== "destroyed") {
            this.state.facts = facts;
        }
    }

    get checks() {
        return checkAnswer(this.props.text, this.state.facts);
    }

    getLabel(name) {
        return {
            deadline: _t("by when"),
            prevention: _t("how to avoid it"),
            thanks: _t("thanks"),
        }[name];
    }

    getHelp(name) {
        const { deadline } = this.state.facts;
        if (name === "deadline" && deadline) {
            return _t("The client was promised a solution by %s.", deadline);
        }
        return {
            deadline: _t("Say by when the client hears from us or has his solution."),
            prevention: _t("Say how the client can avoid the trouble."),
            thanks: _t("Thank the client."),
        }[name];
    }

    get frame() {
        const { greeting, has_signature } = this.state.facts;
        if (greeting && has_signature) {
            return _t("The mail begins with “%s” and ends with the signature.", greeting);
        }
        if (greeting) {
            return _t("The mail begins with “%s”.", greeting);
        }
        return has_signature ? _t("The mail ends with the signature.") : "";
    }
}

Composer.components = { ...Composer.components, AnswerCheck };

patch(Composer.prototype, {
    get isAnswerToClient() {
        const thread = this.thread;
        return (
            thread?.model === "ntr.ticket" &&
            Boolean(thread.id) &&
            this.props.type === "message" &&
            !this.props.composer.message
        );
    },
});
