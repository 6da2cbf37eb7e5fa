import { onWillStart, useEffect, useRef } from "@odoo/owl";
import { loadBundle } from "@web/core/assets";
import { user } from "@web/core/user";

/**
 * Draw charts with Odoo's own library, each on the canvas of its name, and draw them
 * again when what they depend on changes.
 *
 * @param {Record<string, () => Object>} charts by the t-ref of a canvas, what Chart takes
 * @param {() => any[]} dependencies as those of useEffect
 */
export function useCharts(charts, dependencies) {
    const places = Object.entries(charts).map(([name, told]) => [useRef(name), told]);
    onWillStart(() => loadBundle("web.chartjs_lib"));
    useEffect(() => {
        const drawn = places
            .filter(([canvas]) => canvas.el)
            .map(([canvas, told]) => new Chart(canvas.el, withDefaults(told())));
        return () => drawn.forEach((chart) => chart.destroy());
    }, dependencies);
}

function withDefaults({ options, ...chart }) {
    return {
        ...chart,
        options: {
            animation: false,
            maintainAspectRatio: false,
            // Numbers are written as the reader writes them, not as the browser does.
            locale: user.lang,
            ...options,
        },
    };
}
