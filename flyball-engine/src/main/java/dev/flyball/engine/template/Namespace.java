package dev.flyball.engine.template;

import java.util.Map;

/** What {@code namespace()} returns: the one value whose attributes a template can set. */
record Namespace(Map<Object, Object> attributes) {}
