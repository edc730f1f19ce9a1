import { registerMessageAction } from "@mail/core/common/message_actions";

import { _t } from "@web/core/l10n/translation";

registerMessageAction("ntr-original", {
    condition: ({ message }) =>
        message.message_type === "email" && message.thread?.model === "ntr.ticket",
    icon: "fa fa-envelope-o",
    name: _t("Save the mail as it came"),
    onSelected: ({ message }) =>
        window.open(`/helpdesk/message/${message.id}/original.eml`, "_blank", "noopener"),
    sequence: 115,
});
