/**
 * Chat templates: the Jinja dialect in which models describe how a conversation becomes a prompt.
 *
 * <p>What belongs here: parsing and rendering of templates, under limits. What a request looks like
 * does not.
 */
@NullMarked
package dev.flyball.engine.template;

import org.jspecify.annotations.NullMarked;
