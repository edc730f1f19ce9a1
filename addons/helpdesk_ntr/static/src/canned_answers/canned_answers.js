import { Composer } from "@mail/core/common/composer";
import { Composer as ComposerModel } from "@mail/core/common/composer_model";
import { UseSuggestion } from "@mail/core/common/suggestion_hook";
import { SuggestionService } from "@mail/core/common/suggestion_service";
import { cleanTerm } from "@mail/utils/common/format";
import { patch } from "@web/core/utils/patch";

const TICKET = "ntr.ticket";
const ANSWER = "ntr.canned.answer";

function isAnswerOfTicket(delimiter, thread) {
    return delimiter === "::" && thread?.model === TICKET && Boolean(thread.id);
}

/**
 * Answers that match what was typed behind `::`, the best first: the shortcut begins with
 * it, has it somewhere, or the text has it.
 *
 * @param {{id: number, source: string, substitution: string}[]} answers
 * @param {string} term
 */
export function findAnswers(answers, term) {
    const wanted = cleanTerm(term);
    const rank = ({ source, substitution }) => {
        const at = cleanTerm(source).indexOf(wanted);
        if (at >= 0) {
            return Math.min(at, 1);
        }
        return cleanTerm(substitution).includes(wanted) ? 2 : 3;
    };
    return answers
        .map((answer) => [rank(answer), answer])
        .filter(([position]) => position < 3)
        .sort(([a], [b]) => a - b)
        .map(([, answer]) => answer);
}

// The texts are those of one ticket, so they are kept apart from the answers that Odoo
// keeps for all conversations.
patch(SuggestionService.prototype, {
    async fetchSuggestions({ delimiter }, { thread, abortSignal } = {}) {
        if (!isAnswerOfTicket(delimiter, thread)) {
            return super.fetchSuggestions(...arguments);
        }
        const ticketId = thread.id;
        const answers = await this.makeOrmCall(TICKET, "get_canned_answers", [[ticketId]], {}, {
            abortSignal,
        });
        this.ticketAnswers = { ticketId, answers };
    },
    searchSuggestions({ delimiter, term }, { thread } = {}) {
        if (!isAnswerOfTicket(delimiter, thread)) {
            return super.searchSuggestions(...arguments);
        }
        const isFetched = this.ticketAnswers?.ticketId === thread.id;
        return {
            type: ANSWER,
            suggestions: isFetched ? findAnswers(this.ticketAnswers.answers, term) : [],
        };
    },
});

patch(UseSuggestion.prototype, {
    insert(option) {
        if (option.ticketAnswerId) {
            this.composer.ticketAnswerIds.push(option.ticketAnswerId);
        }
        return super.insert(...arguments);
    },
});

patch(ComposerModel.prototype, {
    setup() {
        super.setup(...arguments);
        this.ticketAnswerIds = [];
    },
    clear() {
        super.clear(...arguments);
        this.ticketAnswerIds = [];
    },
});

patch(Composer.prototype, {
    get navigableListProps() {
        const props = super.navigableListProps;
        const items = this.suggestion?.state.items;
        if (items?.type !== ANSWER) {
            return props;
        }
        return {
            ...props,
            optionTemplate: "mail.Composer.suggestionCannedResponse",
            options: items.suggestions.map(({ id, source, substitution }) => ({
                ticketAnswerId: id,
                label: substitution,
                source,
                title: substitution,
                classList: "o-mail-Composer-suggestion",
            })),
        };
    },
    get postData() {
        const data = super.postData;
        const answerIds = this.props.composer.ticketAnswerIds;
        return { ...data, cannedResponseIds: [...data.cannedResponseIds, ...answerIds] };
    },
    /** The letter ends with the team's signature, so the editor needs none of his own. */
    get fullComposerAdditionalContext() {
        const context = super.fullComposerAdditionalContext;
        return this.thread?.model === TICKET
            ? { ...context, default_email_add_signature: true }
            : context;
    },
    formatDefaultBodyForFullComposer(defaultBody, signature = "") {
        const isTicket = this.thread?.model === TICKET;
        return super.formatDefaultBodyForFullComposer(defaultBody, isTicket ? "" : signature);
    },
});
