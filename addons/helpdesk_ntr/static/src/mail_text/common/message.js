import { Message } from "@mail/core/common/message";

import { patch } from "@web/core/utils/patch";

import { offerPictures } from "./mail_text";

patch(Message.prototype, {
    setup() {
        super.setup(...arguments);
        /** What was chosen for the pictures of this message */
        this.ntrPictures = {};
    },

    prepareMessageBody(bodyEl) {
        super.prepareMessageBody(...arguments);
        if (bodyEl) {
            offerPictures(bodyEl, this.ntrPictures);
        }
    },
});
