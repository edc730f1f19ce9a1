import { HtmlViewer } from "@html_editor/components/html_viewer/html_viewer";

import { patch } from "@web/core/utils/patch";

import { offerPictures } from "../common/mail_text";

patch(HtmlViewer.prototype, {
    processReadonlyContent(container) {
        super.processReadonlyContent(...arguments);
        if (container) {
            offerPictures(container);
        }
    },
});
