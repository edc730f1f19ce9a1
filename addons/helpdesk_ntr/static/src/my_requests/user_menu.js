import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";

// Colleagues without a role in the help desk have no menu of it, only their own requests.
function myRequestsItem() {
    const url = "/my/requests";
    return {
        type: "item",
        id: "ntr_my_requests",
        description: _t("My requests"),
        href: url,
        callback: () => browser.open(url, "_blank"),
        sequence: 45,
    };
}

registry.category("user_menuitems").add("ntr_my_requests", myRequestsItem);
