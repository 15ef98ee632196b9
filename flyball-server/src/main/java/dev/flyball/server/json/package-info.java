/**
 * JSON under limits: parsing bodies, reading fields with their types checked, writing values.
 *
 * <p>What belongs here: rules that hold for every format that is spoken. Names of fields do not.
 */
@NullMarked
package dev.flyball.server.json;

import org.jspecify.annotations.NullMarked;
