import { Message } from "@mail/core/common/message_model";
import { fields } from "@mail/core/common/record";

import { patch } from "@web/core/utils/patch";

patch(Message.prototype, {
    setup() {
        super.setup();
        /** @type {string|undefined} number of the merged ticket that it was written in */
        this.ntr_origin = fields.Attr();
        /** @type {string|undefined} what speaks against the sender of a mail */
        this.ntr_sender_doubt = fields.Attr();
    },
});
