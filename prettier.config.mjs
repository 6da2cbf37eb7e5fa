import { createRequire } from "node:module";

// The tools are installed into .local/node, where a plain import does not look.
const require = createRequire(new URL(".local/node/", import.meta.url));

export default {
    plugins: [require.resolve("@prettier/plugin-xml")],
    printWidth: 88,
    tabWidth: 4,
    trailingComma: "es5",
    // Blanks are content in QWeb.
    xmlWhitespaceSensitivity: "preserve",
};
