/**
 * The OpenAI API: requests into records, records into responses, the handlers between them.
 *
 * <p>What belongs here: the formats of platform.openai.com/docs/api-reference. Transport, models
 * and the running of generations have packages of their own.
 */
@NullMarked
package dev.flyball.server.openai;

import org.jspecify.annotations.NullMarked;
