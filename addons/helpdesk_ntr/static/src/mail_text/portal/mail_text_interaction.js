import { Interaction } from "@web/public/interaction";
import { registry } from "@web/core/registry";

import { foldQuotes, offerPictures } from "../common/mail_text";

export class MailText extends Interaction {
    static selector = ".o_ntr_mail_text";

    start() {
        foldQuotes(this.el);
        offerPictures(this.el);
    }
}

registry.category("public.interactions").add("helpdesk_ntr.mail_text", MailText);
