/// A page that needs nothing beside itself: no file, no font, no network. Its policy forbids them, too.
package struct HTMLPage {
    package struct Section {
        /// Letters, digits and hyphens; unique on the page.
        package var id: String
        package var title: String
        package var content: HTML

        package init(id: String, title: String, content: HTML) {
            (self.id, self.title, self.content) = (id, title, content)
        }
    }

    package var title: String
    /// What stands under the title.
    package var introduction: HTML
    package var sections: [Section]

    package init(title: String, introduction: HTML, sections: [Section]) {
        (self.title, self.introduction, self.sections) = (title, introduction, sections)
    }

    package var text: String {
        let navigation = sections.html { "<li><a href=\"#\($0.id)\">\($0.title)</a></li>" }
        let main = sections.html { section in
            """
            <section id="\(section.id)" aria-labelledby="\(section.id)-title"><h2 id="\(section.id)-title">\(section.title)</h2>
            \(section.content)</section>

            """
        }
        let style = HTML(stringLiteral: Self.style)
        let script = HTML(stringLiteral: Self.script)
        let page: HTML = """
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8"/>
            <meta http-equiv="Content-Security-Policy" content="default-src &#39;none&#39;; style-src &#39;unsafe-inline&#39;; \
            script-src &#39;unsafe-inline&#39;; base-uri &#39;none&#39;; form-action &#39;none&#39;"/>
            <meta name="viewport" content="width=device-width, initial-scale=1"/>
            <meta name="color-scheme" content="light dark"/><meta name="referrer" content="no-referrer"/>
            <title>\(title)</title><style>\(style)</style></head>
            <body><a class="skip" href="#main">Skip to the content</a>
            <header><h1>\(title)</h1>
            \(introduction)</header>
            <nav aria-label="Sections"><ul>\(navigation)</ul></nav>
            <main id="main" tabindex="-1">
            \(main)</main><script>\(script)</script></body></html>

            """
        return page.text
    }

    /// Okabe and Ito's colours, which people with any colour vision tell apart, made darker or lighter until they stand
    /// out from the ground at 3:1.
    private static let style = """

        :root { color-scheme: light dark; --ground: #fbfbf9; --panel: #ffffff; --ink: #1b1d21; --soft: #565b64; \
        --rule: #dcdde0; --track: #ececea; --fill: #0a6aa8; --warn: #b3450a; --link: #0b5c93; --c0: #0072b2; --c1: #c05a00; --c2: #00795a; \
        --c3: #b04a86; --c4: #8a6d00; --c5: #a32a3c; --c6: #5b5b5b; --c7: #6b4fa0; }
        @media screen and (prefers-color-scheme: dark) { :root { --ground: #14161a; --panel: #1c1f25; --ink: #eceef1; \
        --soft: #a9b0bb; --rule: #353a43; --track: #2a2e36; --fill: #56b4e9; --warn: #f0912e; --link: #7cc4f2; --c0: #56b4e9; --c1: #f0912e; \
        --c2: #2bbf96; --c3: #e08bbd; --c4: #e6d34a; --c5: #ff9a92; --c6: #b4b8bf; --c7: #b9a1ee; } }
        * { box-sizing: border-box; }
        body { margin: 0; background: var(--ground); color: var(--ink); \
        font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; overflow-wrap: anywhere; }
        header, nav, main { max-width: 75rem; margin: 0 auto; padding: 0 1.25rem; }
        header { padding-top: 2.25rem; }
        h1 { font-size: 1.9rem; line-height: 1.2; margin: 0 0 .5rem; letter-spacing: -.01em; }
        h2 { font-size: 1.3rem; margin: 0 0 .75rem; }
        h3 { font-size: 1.05rem; margin: 1.5rem 0 .5rem; }
        a { color: var(--link); }
        a:focus-visible, button:focus-visible, summary:focus-visible, .scroll:focus-visible \
        { outline: 3px solid var(--link); outline-offset: 2px; border-radius: 2px; }
        .skip { position: absolute; left: -999rem; }
        .skip:focus { left: 1rem; top: 1rem; background: var(--panel); padding: .5rem 1rem; z-index: 2; }
        nav ul { list-style: none; display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; padding: .75rem 0; margin: 1rem 0; \
        border-block: 1px solid var(--rule); }
        section { background: var(--panel); border: 1px solid var(--rule); border-radius: .6rem; padding: 1.25rem; \
        margin: 0 0 1.25rem; scroll-margin-top: 1rem; }
        section > :last-child, section > figure:last-child > :last-child { margin-bottom: 0; }
        time, code { white-space: nowrap; }
        .facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); gap: .75rem; margin: 1.25rem 0; }
        .facts div { border-left: 3px solid var(--fill); padding-left: .75rem; }
        .facts dt { color: var(--soft); font-size: .85rem; }
        .facts dd { margin: 0; font-size: 1.3rem; font-variant-numeric: tabular-nums; line-height: 1.25; }
        .note { color: var(--soft); font-size: .9rem; max-width: 46rem; }
        p { max-width: 46rem; }
        figure { margin: 0 0 1.25rem; min-width: 0; }
        figcaption, .bars caption { font-weight: 600; text-align: left; padding-bottom: .4rem; }
        .grid2 { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr)); gap: 0 2.5rem; }
        table { border-collapse: collapse; width: 100%; font-size: .9rem; }
        caption { text-align: left; color: var(--soft); padding-bottom: .4rem; }
        .bars caption { color: var(--ink); font-size: 1rem; }
        th, td { text-align: left; padding: .35rem .6rem; border-bottom: 1px solid var(--rule); vertical-align: top; }
        thead th { border-bottom: 2px solid var(--rule); vertical-align: bottom; }
        tbody th { font-weight: 500; }
        .n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
        .bars th, .bars td { border: 0; padding: .2rem .5rem .2rem 0; vertical-align: middle; }
        .bars th { width: 34%; font-weight: 400; }
        .bars td.bar svg { display: block; }
        .bars td.n { width: 1%; padding-right: 0; }
        .intervals th { width: 9rem; }
        .interval { overflow: visible; } .interval .range { fill: var(--fill); } \
        .interval .dot { fill: var(--panel); stroke: var(--fill); stroke-width: 2.5; }
        .interval .limit { stroke: var(--ink); stroke-width: 2; }
        .warning { border-left: 3px solid var(--warn); padding-left: .75rem; }
        .pairs { margin: 0 0 1rem; } .pairs div { display: grid; grid-template-columns: minmax(6rem, 9rem) 1fr; \
        gap: .75rem; padding: .25rem 0; } .pairs dt { color: var(--soft); } .pairs dd { margin: 0; }
        .track { fill: var(--track); } .fill { fill: var(--fill); }
        .scroll { overflow-x: auto; max-width: 100%; overflow-wrap: normal; margin-bottom: 1.5rem; }
        .tall { max-height: 40rem; overflow-y: auto; border-block: 1px solid var(--rule); }
        .tall thead th { position: sticky; top: 0; background: var(--panel); box-shadow: 0 2px var(--rule); border: 0; }
        .scroll td, .scroll th { overflow-wrap: break-word; min-width: 3.5rem; }
        .scroll td.long { min-width: 14rem; } .scroll .name { min-width: 6.5rem; overflow-wrap: anywhere; } \
        .scroll th.name { min-width: 7rem; }
        .scroll caption { max-width: calc(100vw - 4rem); }
        .chart { display: block; width: 100%; height: auto; max-width: 58rem; }
        .chart text { font-size: 14px; fill: var(--soft); }
        .grid { stroke: var(--rule); }
        .line { fill: none; stroke: var(--c); stroke-width: 2.5; stroke-linejoin: round; vector-effect: non-scaling-stroke; }
        .line.s1 { stroke-dasharray: 7 4; } \
        .line.s2 { stroke-dasharray: .1 6; stroke-linecap: round; stroke-width: 3.5; }
        .band { fill: var(--c); fill-opacity: .18; } .change { stroke: var(--warn); stroke-width: 1.5; stroke-dasharray: 4 3; }
        .p { fill: var(--c); fill-opacity: .85; stroke: var(--panel); stroke-width: .6; }
        .p:hover { fill-opacity: 1; stroke: var(--ink); stroke-width: 1.5; }
        .map { background: var(--ground); border: 1px solid var(--rule); border-radius: .4rem; }
        .map .badge { fill: var(--panel); stroke: var(--ink); stroke-width: 1.5; pointer-events: none; }
        .map .badge-text { fill: var(--ink); font-size: 13px; font-weight: 700; pointer-events: none; }
        .joint { stroke: var(--soft); stroke-width: 1.5; stroke-dasharray: 5 4; fill: none; }
        .ground { fill: var(--ground); }
        .gap { fill: var(--fill); stroke: var(--fill); fill-opacity: .1; stroke-width: 1.5; } \
        .gap.medium { fill-opacity: .22; stroke-width: 3; } .gap.high { fill-opacity: .36; stroke-width: 5; } \
        .gap.critical { fill-opacity: .5; stroke-width: 8; }
        .legend .gap { stroke-width: 1; } .legend .gap.medium { stroke-width: 2; } .legend .gap.high { stroke-width: 3; } \
        .legend .gap.critical { stroke-width: 5; }
        .chart .gap-number { fill: var(--ink); font-size: 18px; font-weight: 700; }
        .s0 { --c: var(--c0); } .s1 { --c: var(--c1); } .s2 { --c: var(--c2); } .s3 { --c: var(--c3); }
        .s4 { --c: var(--c4); } .s5 { --c: var(--c5); } .s6 { --c: var(--c6); } .s7 { --c: var(--c7); }
        .legend { list-style: none; display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; padding: 0; margin: .25rem 0 .5rem; \
        font-size: .9rem; }
        .legend svg { vertical-align: middle; }
        details { margin: .5rem 0; }
        summary { cursor: pointer; color: var(--link); padding: .2rem 0; }
        .sort { font: inherit; font-weight: 600; color: inherit; background: none; border: 0; padding: .2rem 0; \
        cursor: pointer; text-align: inherit; }
        th[aria-sort="ascending"] .sort::after { content: " \\25B2"; }
        th[aria-sort="descending"] .sort::after { content: " \\25BC"; }
        @media (max-width: 40rem) { section { padding: 1rem .8rem; } header, nav, main { padding-inline: .8rem; } \
        h1 { font-size: 1.5rem; } .chart text { font-size: 24px; } \
        .map .badge { r: 22px; } .map .badge-text { font-size: 24px; } .chart .gap-number { font-size: 30px; } .chart .wide { display: none; } .bars th { width: 40%; } \
        .intervals th, .intervals td { display: block; width: auto; text-align: left; } \
        .intervals td.n { width: auto; text-align: left; padding-bottom: .75rem; } \
        .pairs div { grid-template-columns: 1fr; gap: 0; } }
        @media (prefers-reduced-motion: no-preference) { html { scroll-behavior: smooth; } }
        @media print { :root { color-scheme: light; } nav, .skip { display: none; } section { border: 0; padding: 0; } \
        figure, tr { break-inside: avoid; } .scroll { overflow: visible; max-height: none; } body { font-size: 11pt; } }

        """

    /// Sorts tables by a column whose heading is pressed. The page says all that it says without it.
    private static let script = """

        for (const button of document.querySelectorAll("table.sortable .sort")) {
          button.addEventListener("click", () => {
            const heading = button.closest("th");
            const body = heading.closest("table").tBodies[0];
            const column = heading.cellIndex;
            const sign = heading.getAttribute("aria-sort") === "ascending" ? -1 : 1;
            for (const other of heading.parentNode.children) other.removeAttribute("aria-sort");
            heading.setAttribute("aria-sort", sign === 1 ? "ascending" : "descending");
            const keyed = Array.from(body.rows, row => {
              const cell = row.cells[column];
              return [cell.dataset.key === undefined ? cell.textContent : cell.dataset.key, row];
            });
            const order = new Intl.Collator("en", { numeric: true });
            const isNumeric = heading.classList.contains("n");
            keyed.sort((a, b) => sign * (isNumeric ? a[0] - b[0] : order.compare(a[0], b[0])));
            body.append(...keyed.map(pair => pair[1]));
          });
        }

        """
}
