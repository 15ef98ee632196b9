package dev.flyball.engine.vision;

import dev.flyball.engine.gguf.GgufValueType;
import dev.flyball.engine.gguf.GgufWriter;
import dev.flyball.kernels.TensorType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Writes the tiny model of architecture gemma3 and its projector that the tests of images use, with
 * random F16 weights. Its files lie beside the test's resources; run {@link #main} to write them
 * anew, and then compute anew what a reference makes of them.
 */
final class TinyVisionFiles {
  static final int TEXT_COLUMNS = 48;

  /** Of the text model: the last one sees all tokens, the others a window. */
  private static final int LAYERS = 6;

  static final int START_OF_IMAGE = 3;

  /** Templates see parts of a message as Gemma 3's own does. */
  private static final String TEMPLATE =
      """
      {{ bos_token }}{%- for message in messages -%}
      {{ '<start_of_turn>' + ('model' if message['role'] == 'assistant' else 'user') + '\\n' }}
      {%- if message['content'] is string -%}{{ message['content'] | trim }}
      {%- else -%}{%- for item in message['content'] -%}
      {%- if item['type'] == 'image' -%}{{ '<start_of_image>' }}
      {%- elif item['type'] == 'text' -%}{{ item['text'] | trim }}{%- endif -%}
      {%- endfor -%}{%- endif -%}{{ '<end_of_turn>\\n' }}{%- endfor -%}
      {%- if add_generation_prompt -%}{{ '<start_of_turn>model\\n' }}{%- endif -%}
      """;

  private final Random random;
  private final GgufWriter writer = new GgufWriter();

  private TinyVisionFiles(long seed) {
    random = new Random(seed);
  }

  public static void main(String[] arguments) {
    Path folder = Path.of(arguments[0]);
    writeText(folder.resolve("tiny-gemma3.gguf"), 1);
    writeProjector(folder.resolve("mmproj-tiny.gguf"), Projector.TINY, 2);
  }

  /** The sizes of a projector. */
  record Projector(
      int side,
      int patch,
      int pooled,
      int columns,
      int hidden,
      int heads,
      int layers,
      int textColumns) {
    static final Projector TINY = new Projector(84, 14, 2, 32, 56, 2, 2, TEXT_COLUMNS);

    /** As Gemma 3 4B has it. */
    static final Projector REAL = new Projector(896, 14, 4, 1152, 4304, 16, 27, 2560);
  }

  static void writeProjector(Path file, Projector sizes, long seed) {
    new TinyVisionFiles(seed).projector(sizes).write(file);
  }

  private GgufWriter projector(Projector sizes) {
    int columns = sizes.columns();
    writer
        .putString("general.architecture", "clip")
        .putString("clip.projector_type", "gemma3")
        .putBoolean("clip.has_vision_encoder", true)
        .putBoolean("clip.use_gelu", true);
    putCount("clip.vision.image_size", sizes.side());
    putCount("clip.vision.patch_size", sizes.patch());
    putCount("clip.vision.embedding_length", columns);
    putCount("clip.vision.feed_forward_length", sizes.hidden());
    putCount("clip.vision.projection_dim", sizes.textColumns());
    putCount("clip.vision.block_count", sizes.layers());
    putCount("clip.vision.attention.head_count", sizes.heads());
    putCount("clip.vision.projector.scale_factor", sizes.pooled());
    writer.putNumber("clip.vision.attention.layer_norm_epsilon", GgufValueType.FLOAT32, 1e-6);
    writer.putNumbers("clip.vision.image_mean", GgufValueType.FLOAT32, 0.5, 0.45, 0.4);
    writer.putNumbers("clip.vision.image_std", GgufValueType.FLOAT32, 0.5, 0.4, 0.3);
    int patches = sizes.side() / sizes.patch() * (sizes.side() / sizes.patch());
    addMatrix("v.patch_embd.weight", sizes.patch(), sizes.patch(), 3, columns);
    addVector("v.patch_embd.bias", columns, 0, 0.3);
    add("v.position_embd.weight", TensorType.F32, 0, 0.5, columns, patches);
    for (int layer = 0; layer < sizes.layers(); layer++) {
      String prefix = "v.blk." + layer + ".";
      addNorm(prefix + "ln1", columns);
      addNorm(prefix + "ln2", columns);
      for (String name : List.of("attn_q", "attn_k", "attn_v", "attn_out")) {
        addMatrix(prefix + name + ".weight", columns, columns);
        addVector(prefix + name + ".bias", columns, 0, 0.2);
      }
      addMatrix(prefix + "ffn_up.weight", columns, sizes.hidden());
      addVector(prefix + "ffn_up.bias", sizes.hidden(), 0, 0.2);
      addMatrix(prefix + "ffn_down.weight", sizes.hidden(), columns);
      addVector(prefix + "ffn_down.bias", columns, 0, 0.2);
    }
    addNorm("v.post_ln", columns);
    addVector("mm.soft_emb_norm.weight", columns, 1, 0.2);
    addMatrix("mm.input_projection.weight", sizes.textColumns(), columns);
    return writer;
  }

  static void writeText(Path file, long seed) {
    new TinyVisionFiles(seed).text().write(file);
  }

  private GgufWriter text() {
    writer
        .putString("general.architecture", "gemma3")
        .putString("general.name", "tiny gemma3")
        .putString("general.license", "cc0-1.0");
    putCount("gemma3.context_length", 512);
    putCount("gemma3.embedding_length", TEXT_COLUMNS);
    putCount("gemma3.block_count", LAYERS);
    putCount("gemma3.feed_forward_length", 64);
    putCount("gemma3.attention.head_count", 4);
    putCount("gemma3.attention.head_count_kv", 2);
    putCount("gemma3.attention.key_length", 16);
    putCount("gemma3.attention.value_length", 16);
    putCount("gemma3.attention.sliding_window", 6);
    writer.putNumber("gemma3.attention.layer_norm_rms_epsilon", GgufValueType.FLOAT32, 1e-6);
    writer.putNumber("gemma3.rope.freq_base", GgufValueType.FLOAT32, 1e6);
    int vocabulary = putVocabulary();
    add("token_embd.weight", TensorType.F16, 0, 0.15, TEXT_COLUMNS, vocabulary);
    addVector("output_norm.weight", TEXT_COLUMNS, 1, 0.3);
    for (int layer = 0; layer < LAYERS; layer++) {
      String prefix = "blk." + layer + ".";
      for (String name : List.of("attn_norm", "post_attention_norm", "ffn_norm", "post_ffw_norm")) {
        addVector(prefix + name + ".weight", TEXT_COLUMNS, 1, 0.3);
      }
      addVector(prefix + "attn_q_norm.weight", 16, 1, 0.3);
      addVector(prefix + "attn_k_norm.weight", 16, 1, 0.3);
      addMatrix(prefix + "attn_q.weight", TEXT_COLUMNS, 64);
      addMatrix(prefix + "attn_k.weight", TEXT_COLUMNS, 32);
      addMatrix(prefix + "attn_v.weight", TEXT_COLUMNS, 32);
      addMatrix(prefix + "attn_output.weight", 64, TEXT_COLUMNS);
      addMatrix(prefix + "ffn_gate.weight", TEXT_COLUMNS, 64);
      addMatrix(prefix + "ffn_up.weight", TEXT_COLUMNS, 64);
      addMatrix(prefix + "ffn_down.weight", 64, TEXT_COLUMNS);
    }
    return writer;
  }

  /** Special tokens and one for each byte, so that every text has tokens. */
  private int putVocabulary() {
    List<String> tokens =
        new ArrayList<>(
            List.of(
                "<unk>",
                "<bos>",
                "<eos>",
                "<start_of_image>",
                "<end_of_image>",
                "<start_of_turn>",
                "<end_of_turn>",
                "\n\n"));
    int special = tokens.size() - 1;
    for (int value = 0; value < 256; value++) {
      tokens.add("<0x%02X>".formatted(value));
    }
    long[] types = new long[tokens.size()];
    double[] scores = new double[tokens.size()];
    for (int id = 0; id < types.length; id++) {
      types[id] = id == 0 ? 2 : id < special ? 3 : id == special ? 4 : 6;
      scores[id] = -id;
    }
    writer
        .putString("tokenizer.ggml.model", "llama")
        .putStrings("tokenizer.ggml.tokens", tokens)
        .putNumbers("tokenizer.ggml.scores", GgufValueType.FLOAT32, scores)
        .putIntegers("tokenizer.ggml.token_type", GgufValueType.INT32, types);
    putCount("tokenizer.ggml.bos_token_id", 1);
    putCount("tokenizer.ggml.eos_token_id", 2);
    putCount("tokenizer.ggml.eot_token_id", 6);
    putCount("tokenizer.ggml.unknown_token_id", 0);
    writer.putBoolean("tokenizer.ggml.add_bos_token", false);
    writer.putBoolean("tokenizer.ggml.add_space_prefix", false);
    writer.putString("tokenizer.chat_template", TEMPLATE.strip());
    return tokens.size();
  }

  private void putCount(String key, int value) {
    writer.putInteger(key, GgufValueType.UINT32, value);
  }

  private void addNorm(String name, int length) {
    addVector(name + ".weight", length, 1, 0.2);
    addVector(name + ".bias", length, 0, 0.2);
  }

  private void addVector(String name, int length, double mean, double deviation) {
    add(name, TensorType.F32, mean, deviation, length);
  }

  /** (rows last); all lengths but the last are what is summed over. */
  private void addMatrix(String name, int... shape) {
    double inputs = 1;
    for (int i = 0; i + 1 < shape.length; i++) {
      inputs *= shape[i];
    }
    add(name, TensorType.F16, 0, 1.2 / Math.sqrt(inputs), shape);
  }

  private void add(String name, TensorType type, double mean, double deviation, int... shape) {
    List<Long> lengths = new ArrayList<>();
    int count = 1;
    for (int length : shape) {
      lengths.add((long) length);
      count = Math.multiplyExact(count, length);
    }
    int values = count;
    long seed = random.nextLong();
    writer.addTensor(
        name,
        type,
        lengths,
        out -> {
          Random ofTensor = new Random(seed);
          ByteBuffer bytes =
              ByteBuffer.allocate((int) type.bytesFor(values)).order(ByteOrder.LITTLE_ENDIAN);
          for (int i = 0; i < values; i++) {
            float value = (float) (mean + deviation * ofTensor.nextGaussian());
            if (type == TensorType.F16) {
              bytes.putShort(Float.floatToFloat16(value));
            } else {
              bytes.putFloat(value);
            }
          }
          out.write(bytes.array());
        });
  }
}
