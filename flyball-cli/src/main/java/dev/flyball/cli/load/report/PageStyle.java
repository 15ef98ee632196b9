package dev.flyball.cli.load.report;

/** The style of the page, for light and dark screens. */
final class PageStyle {
  /** Colours that also people who see few colours tell apart: Okabe and Ito, 2008. */
  static final String CSS =
      """
      :root { --ink: #1b1f24; --soft: #59636e; --line: #d8dee4; --paper: #ffffff; --guide: #8c959f }
      @media (prefers-color-scheme: dark) {
        :root { --ink: #e6edf3; --soft: #9198a1; --line: #30363d; --paper: #0d1117; --guide: #6e7681 }
      }
      .s0 { --c: #0072b2 } .s1 { --c: #d55e00 } .s2 { --c: #009e73 } .s3 { --c: #cc79a7 }
      .s4 { --c: #e69f00 } .s5 { --c: #56b4e9 } .s6 { --c: #8b6fd0 }
      body { margin: 0 auto; max-width: 1240px; padding: 1.5rem; color: var(--ink);
        background: var(--paper); font: 15px/1.5 system-ui, sans-serif }
      h1 { font-size: 1.5rem; margin: 0 0 .3rem } h2 { font-size: 1.2rem; margin: 2rem 0 .4rem }
      h3 { font-size: .95rem; margin: 0 0 .3rem }
      p, li { color: var(--soft); margin: .15rem 0 } ul { padding-left: 1.2rem }
      .scroll { overflow-x: auto }
      table { border-collapse: collapse; margin: .8rem 0; font-variant-numeric: tabular-nums }
      th, td { padding: .25rem .7rem; border-bottom: 1px solid var(--line); text-align: right;
        white-space: nowrap }
      th { color: var(--soft); font-weight: 600 } .name { text-align: left }
      .plots { display: grid; gap: 1.4rem; grid-template-columns: repeat(auto-fill, minmax(380px, 1fr)) }
      figure { margin: 0 } svg { width: 100%; height: auto; display: block }
      figcaption { font-size: .85rem; color: var(--soft) }
      .key { margin-right: 1rem; white-space: nowrap }
      .key::before { content: ""; display: inline-block; width: 1.1em; border-top: 3px solid var(--c);
        margin-right: .4em; vertical-align: middle }
      .key.dashed::before { border-top-style: dashed }
      .key.guide { --c: var(--guide) } .key.guide::before { border-top-width: 1px }
      .grid { stroke: var(--line); stroke-width: 1 }
      .line { fill: none; stroke: var(--c); stroke-width: 2; stroke-linejoin: round }
      .line.dashed { stroke-dasharray: 6 4 }
      .guide { fill: none; stroke: var(--guide); stroke-width: 1; stroke-dasharray: 3 3 }
      .dot { fill: var(--c) }
      .tick { fill: var(--soft); font-size: 11px } .label { fill: var(--soft); font-size: 12px }
      .middle { text-anchor: middle } .end { text-anchor: end }
      summary { cursor: pointer; font-weight: 600; margin-top: 1.2rem }
      """;

  private PageStyle() {}
}
