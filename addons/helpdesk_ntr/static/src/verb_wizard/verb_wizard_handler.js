import { registry } from "@web/core/registry";
import { RPCError } from "@web/core/network/rpc";
import { RedirectWarningDialog } from "@web/core/errors/error_dialogs";

const NEEDS_WORDS = "odoo.addons.helpdesk_ntr.exceptions.NeedsWords";

/**
 * A card that is dragged where a verb needs words: the verb's wizard opens at once,
 * and the board shows what came of it. Elsewhere (form, list, import) a dialog with a
 * button comes first, since there is something to go back to.
 */
export function verbWizardHandler(env, error, originalError) {
    if (
        !(originalError instanceof RPCError) ||
        originalError.exceptionName !== NEEDS_WORDS ||
        env.services.action.currentController?.view?.type !== "kanban"
    ) {
        return false;
    }
    error.unhandledRejectionEvent.preventDefault();
    const [, action, , additionalContext] = originalError.data.arguments;
    env.services.action.doAction(action, {
        additionalContext,
        onClose: () => env.services.action.doAction("soft_reload"),
    });
    return true;
}

registry.category("error_handlers").add("ntr_verb_wizard", verbWizardHandler, { sequence: 90 });
registry.category("error_dialogs").add(NEEDS_WORDS, RedirectWarningDialog);
