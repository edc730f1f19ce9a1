import { Message } from "@mail/core/common/message";
import { Message as MessageModel } from "@mail/core/common/message_model";
import { fields } from "@mail/core/common/record";

import { _t } from "@web/core/l10n/translation";
import { patch } from "@web/core/utils/patch";

/** What a program wrote, by the kinds that the help desk tells apart. */
const LABELS = {
    auto_reply: _t("Automatic reply"),
    bounce: _t("Delivery report"),
    bulk: _t("Mailing"),
    calendar: _t("Answer to an invitation"),
    own: _t("Letter of ours that came back"),
    receipt: _t("Read receipt"),
};

patch(MessageModel.prototype, {
    setup() {
        super.setup();
        /** @type {string|undefined} kind of automatic mail that it is */
        this.ntr_verdict = fields.Attr();
    },
});

patch(Message.prototype, {
    setup() {
        super.setup();
        this.state.isNtrUnfolded = false;
    },

    get attClass() {
        return {
            ...super.attClass,
            "o-ntr-folded": this.message.ntr_verdict && !this.state.isNtrUnfolded,
        };
    },

    /** One line that says all there is to know, mostly. */
    get ntrFoldedLine() {
        const label = LABELS[this.message.ntr_verdict] || _t("Automatic message");
        const subject = this.message.subject || _t("no subject");
        if (!this.message.authorName) {
            return _t("%(label)s: %(subject)s", { label, subject });
        }
        return _t("%(label)s from %(author)s: %(subject)s", {
            label,
            author: this.message.authorName,
            subject,
        });
    },

    toggleNtrFolded() {
        this.state.isNtrUnfolded = !this.state.isNtrUnfolded;
    },
});
