import { _t } from "@web/core/l10n/translation";

/** What is shown of mails: pictures from elsewhere wait until somebody wants them. */

const WAITING = "img[data-original-src]:not([src]), [data-original-src]:not(img)";
const QUOTE = "data-o-mail-quote";

/**
 * @param {string} address
 * @returns {boolean} whether loading it does no more than show a picture
 */
function isPicture(address) {
    let url;
    try {
        url = new URL(address);
    } catch {
        return false;
    }
    const isOwn = url.origin === window.location.origin;
    return (
        ["http:", "https:"].includes(url.protocol) &&
        (!isOwn || url.pathname.startsWith("/web/image"))
    );
}

/** @param {HTMLElement} root */
function loadPictures(root) {
    for (const el of root.querySelectorAll(WAITING)) {
        const address = el.dataset.originalSrc;
        if (!isPicture(address)) {
            continue;
        }
        if (el.tagName === "IMG") {
            // who reads it, and where, is none of the sender's business
            el.referrerPolicy = "no-referrer";
            el.src = address;
        } else {
            el.style.backgroundImage = `url(${JSON.stringify(address)})`;
        }
    }
}

/**
 * Offer the pictures that wait in a text.
 *
 * @param {HTMLElement} root of the text; also one in a shadow root, without our styles
 * @param {Object} [choice] what was chosen for this text, kept by the caller
 */
export function offerPictures(root, choice = {}) {
    root.querySelector(":scope > .o_ntr_pictures")?.remove();
    if (!root.querySelector(WAITING)) {
        return;
    }
    if (choice.isShown) {
        loadPictures(root);
        return;
    }
    const bar = document.createElement("div");
    bar.className = "o_ntr_pictures";
    bar.style.cssText = "font-size: 0.875em; opacity: 0.8; margin-bottom: 0.5em;";
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn btn-link p-0 align-baseline";
    button.style.cssText =
        "border: 0; padding: 0; background: none; font: inherit; color: inherit;" +
        " text-decoration: underline; cursor: pointer;";
    button.textContent = _t("Show them");
    button.addEventListener("click", () => {
        choice.isShown = true;
        loadPictures(root);
        bar.remove();
    });
    bar.append(_t("Pictures from elsewhere are not shown."), " ", button);
    root.prepend(bar);
}

/**
 * Fold what a mail repeats, where no program of Odoo does it.
 *
 * @param {HTMLElement} root
 */
export function foldQuotes(root) {
    const outer = [...root.querySelectorAll(`[${QUOTE}]`)].filter(
        (el) => !el.parentElement.closest(`[${QUOTE}]`)
    );
    const groups = [];
    for (const el of outer) {
        const group = groups.at(-1);
        if (group && group.at(-1).nextElementSibling === el) {
            group.push(el);
        } else {
            groups.push([el]);
        }
    }
    for (const group of groups) {
        const button = document.createElement("button");
        button.type = "button";
        button.className = "o_ntr_quote btn btn-light btn-sm py-0 px-2 my-1";
        button.textContent = "…";
        button.title = _t("What was said before");
        button.setAttribute("aria-label", button.title);
        button.setAttribute("aria-expanded", "false");
        const toggle = (isShown) => {
            for (const el of group) {
                el.style.display = isShown ? "" : "none";
            }
            button.setAttribute("aria-expanded", String(isShown));
        };
        button.addEventListener("click", () =>
            toggle(button.getAttribute("aria-expanded") === "false")
        );
        group[0].before(button);
        toggle(false);
    }
}
