import { createRequire } from "node:module";

// The tools are installed into .local/node, where a plain import does not look.
const require = createRequire(new URL(".local/node/", import.meta.url));
const js = require("@eslint/js");
const globals = require("globals");

// What Odoo's bundles put on the window; everything else is imported.
const odooGlobals = { Chart: "readonly", luxon: "readonly", odoo: "readonly" };

export default [
    js.configs.recommended,
    { linterOptions: { reportUnusedDisableDirectives: "error" } },
    {
        files: ["addons/**/*.js"],
        languageOptions: {
            ecmaVersion: 2022,
            sourceType: "module",
            globals: { ...globals.browser, ...odooGlobals },
        },
        rules: {
            eqeqeq: "error",
            "no-console": ["error", { allow: ["warn", "error"] }],
            "no-restricted-globals": ["error", "event", "name", "self"],
            "no-var": "error",
            "prefer-const": "error",
        },
    },
    {
        // Scripts that a test hands to the browser.
        files: ["tests/**/*.js"],
        languageOptions: { globals: { ...globals.browser, ...odooGlobals } },
    },
    {
        files: ["*.mjs"],
        languageOptions: { globals: globals.node },
    },
];
