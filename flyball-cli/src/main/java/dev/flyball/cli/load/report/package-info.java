/**
 * Shows what a load test found: as a table, as JSON, as a page with plots.
 *
 * <p>What belongs here: text, JSON, HTML and SVG. Figures are made elsewhere.
 */
@NullMarked
package dev.flyball.cli.load.report;

import org.jspecify.annotations.NullMarked;
