package dev.flyball.cli;

import java.io.PrintStream;
import java.net.URI;

/**
 * What {@code flyball serve} says when it listens.
 *
 * @param uri where it listens
 * @param model what answers requests that name no model
 * @param needsKey whether requests must bring a key
 */
record ServeBanner(URI uri, String model, boolean needsKey) {
  void print(PrintStream out) {
    out.println("Flyball " + new BuildVersion().version() + " answers at " + uri + "/v1");
    out.println();
    if (model.equals(DemoModel.NAME)) {
      out.println("  Model " + model + ", the demo model: " + DemoModel.DESCRIPTION + ".");
      out.println("  For real answers get a real model, for example:");
      out.println("    flyball pull hf:bartowski/Llama-3.2-1B-Instruct-GGUF:Q4_K_M");
      out.println("    flyball serve bartowski/Llama-3.2-1B-Instruct-GGUF:Q4_K_M");
    } else {
      out.println("  Model " + model);
    }
    out.println();
    out.println("  Try it:");
    out.println("    curl -N " + uri + "/v1/chat/completions \\");
    if (needsKey) {
      out.println("      -H \"Authorization: Bearer $YOUR_KEY\" \\");
    }
    out.println("      -H 'Content-Type: application/json' \\");
    out.println(
        "      -d '{\"model\":\""
            + model
            + "\",\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"Tell me a story"
            + " about a fox.\"}]}'");
    out.println();
    out.println("  Ctrl-C stops it.");
    out.flush();
  }
}
