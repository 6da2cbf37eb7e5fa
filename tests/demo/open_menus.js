/**
 * Opens menus of the web client one after the other, and each of them in all its views.
 *
 * Ends at the first that fails, for a crash may take the web client down: tells by
 * `console.error` what went wrong, with the menu's id before it. `test_menus.py` starts
 * it with the ids of the menus to open.
 */
window.openMenus = async (xmlids) => {
    const LIMIT = 20000;
    const { App } = odoo.loader.modules.get("@odoo/owl");
    const { rpcBus } = odoo.loader.modules.get("@web/core/network/rpc");
    const { services } = odoo.__WOWL_DEBUG__.root.env;
    const { action: actions, dialog: dialogs, menu: menus } = services;
    const tell = console.error;
    const pending = new Set();
    let place = "";
    let refusal = "";

    console.error = (...words) => tell(`[${place}]`, ...words);
    rpcBus.addEventListener("RPC:REQUEST", ({ detail }) => pending.add(detail.data.id));
    rpcBus.addEventListener("RPC:RESPONSE", ({ detail: { data, error } }) => {
        pending.delete(data.id);
        refusal ||= error && (error.data?.message || error.message);
    });

    const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
    const find = (selector) => document.querySelector(selector);
    const isBusy = () =>
        pending.size > 0 ||
        [...App.apps].some((app) => app.scheduler.tasks.size > 0) ||
        find(".o_blockUI");

    /** Wait until nothing has been going on for some looks in a row. */
    const settle = async () => {
        const end = Date.now() + LIMIT;
        for (let calm = 0; calm < 3; calm = isBusy() ? 0 : calm + 1) {
            if (Date.now() > end) {
                throw new Error("still loading");
            }
            await pause(15);
        }
    };

    /** Await what a crashed component may leave open for ever. */
    const inTime = (promise) =>
        Promise.race([
            promise,
            pause(LIMIT).then(() => Promise.reject(new Error("did not open"))),
        ]);

    const check = (actionId, viewType) => {
        const area = find(".o_action_manager");
        const content = area?.querySelector(".o_content") || area;
        if (!find(".o_main_navbar") || !content?.firstElementChild?.offsetHeight) {
            throw new Error("white screen");
        }
        const { action, view } = actions.currentController;
        if (actionId && action.id !== actionId) {
            throw new Error(`shows action ${action.id}, not ${actionId}`);
        }
        if (viewType && view.type !== viewType) {
            throw new Error(`shows ${view.type}, not ${viewType}`);
        }
    };

    /** Open something; tell whether it is more than a dialog. */
    const open = async (name, promise, ...expected) => {
        place = name;
        await inTime(promise);
        await settle();
        if (refusal || find(".o_error_dialog")) {
            throw new Error(refusal || find(".o_error_dialog").innerText);
        }
        if (find(".o_dialog")) {
            dialogs.closeAll();
            return false;
        }
        check(...expected);
        return true;
    };

    const openMenu = async (menu) => {
        // What a server action leads to is its own affair.
        const actionId = menu.actionModel !== "ir.actions.server" && menu.actionID;
        if (await open(menu.xmlid, menus.selectMenu(menu), actionId)) {
            const { action, view, views } = actions.currentController;
            const others = (views || []).filter(
                ({ type, multiRecord }) => multiRecord && type !== view.type
            );
            for (const { type } of others) {
                const turn = actions.switchView(type);
                await open(`${menu.xmlid}, ${type}`, turn, action.id, type);
            }
        }
    };

    const all = menus.getAll();
    try {
        for (const xmlid of xmlids) {
            await openMenu(all.find((menu) => menu.xmlid === xmlid));
        }
        console.log("all menus opened");
    } catch (error) {
        console.error(refusal || error.message || error);
    }
};
