package dev.flyball.engine.tokenizer;

import dev.flyball.engine.EngineError;
import dev.flyball.engine.EngineException;
import dev.flyball.engine.gguf.GgufMetadata;
import dev.flyball.engine.tokenizer.PreTokenizer.Bos;
import dev.flyball.engine.tokenizer.SubwordTokenizer.Frame;
import dev.flyball.engine.tokenizer.Vocabulary.Token;
import java.util.OptionalInt;
import java.util.stream.Stream;

/**
 * Makes tokenizers from model files.
 *
 * <p>Known are byte-pair encoding ({@code gpt2}, {@code gemma4}) with the pre-tokenizers that
 * llama.cpp knows for text models, SentencePiece ({@code llama}), WordPiece ({@code bert}) and
 * unigrams ({@code t5}). The ids are those that llama.cpp gives. Texts of tokens are given as they
 * are: {@code clean_up_tokenization_spaces}, which would take a space before punctuation back, is
 * not applied, since a stream cannot apply it.
 */
public final class Tokenizers {
  private Tokenizers() {}

  /**
   * The tokenizer that a model file describes. Takes all it needs from the file at once.
   *
   * @throws EngineException UNSUPPORTED_MODEL for an algorithm or a pre-tokenizer that is not
   *     known; FILE_CORRUPT for a vocabulary that contradicts itself
   */
  public static Tokenizer from(GgufMetadata metadata) {
    return from(GgufVocabulary.read(metadata));
  }

  static Tokenizer from(Vocabulary vocabulary) {
    return switch (vocabulary.model()) {
      case "llama" -> sentencePiece(vocabulary);
      case "gpt2" -> bytePair(vocabulary, vocabulary.pre().orElse("default"));
      case "gemma4" -> bytePair(vocabulary, "gemma4");
      case "bert" -> wordPiece(vocabulary);
      case "t5" -> unigram(vocabulary);
      default ->
          throw unsupported(
              "tokenizer.ggml.model \"" + vocabulary.model() + "\"",
              "gpt2, llama, gemma4, bert and t5");
    };
  }

  private static EngineException unsupported(String what, String known) {
    return new EngineException(
        EngineError.UNSUPPORTED_MODEL, what + " is not supported; known are " + known);
  }

  private static Tokenizer bytePair(Vocabulary vocabulary, String pre) {
    PreTokenizer preTokenizer =
        PreTokenizers.named(pre)
            .orElseThrow(
                () ->
                    unsupported(
                        "tokenizer.ggml.pre \"" + pre + "\"",
                        String.join(", ", PreTokenizers.names().stream().sorted().toList())));
    if (vocabulary.merges().isEmpty() && !pre.equals("kimi-k2")) {
      throw corrupt("tokenizer.ggml.merges is missing or empty; byte-pair encoding needs it");
    }
    PreTokenizer splitting =
        preTokenizer.byteLevel()
            ? preTokenizer
            : preTokenizer.withStep(
                new SpaceBoundaries(
                    Stream.concat(
                        texts(vocabulary),
                        vocabulary.merges().stream().map(m -> m.left() + m.right()))));
    WordModel model = new BytePairModel(vocabulary, preTokenizer);
    Frame frame = frame(vocabulary, preTokenizer.bos(), OptionalInt.empty(), OptionalInt.empty());
    return new SubwordTokenizer(
        vocabulary, new TextEncoder(splitting, model), frame, preTokenizer.byteLevel(), false);
  }

  private static Tokenizer sentencePiece(Vocabulary vocabulary) {
    PreTokenizer splitting = PreTokenizer.of(new SpaceBoundaries(texts(vocabulary))).ofCharacters();
    OptionalInt bos = defaultId(vocabulary, 1);
    OptionalInt eos = defaultId(vocabulary, 2);
    return new SubwordTokenizer(
        vocabulary,
        new TextEncoder(splitting, new SentencePieceModel(vocabulary)),
        frame(vocabulary, Bos.DEFAULT_ON, bos, eos),
        false,
        vocabulary.addSpacePrefix().orElse(true));
  }

  /** Ids that a file does not name are those of the first BERT. */
  private static Tokenizer wordPiece(Vocabulary vocabulary) {
    OptionalInt unknown = or(vocabulary.role("unknown"), defaultId(vocabulary, 100));
    OptionalInt begin =
        or(or(vocabulary.role("bos"), vocabulary.role("cls")), defaultId(vocabulary, 101));
    OptionalInt end = or(vocabulary.role("seperator"), defaultId(vocabulary, 102));
    if (unknown.isEmpty() || begin.isEmpty() || end.isEmpty()) {
      throw corrupt(
          "a WordPiece vocabulary needs tokenizer.ggml.unknown_token_id, cls_token_id and"
              + " seperator_token_id");
    }
    return new SubwordTokenizer(
        vocabulary,
        new WordPieceEncoder(vocabulary, unknown.getAsInt()),
        new Frame(begin, true, end, true, OptionalInt.empty()),
        false,
        true);
  }

  /** Texts end with EOS, unless the file says otherwise; those of XLM-RoBERTa begin with BOS. */
  private static Tokenizer unigram(Vocabulary vocabulary) {
    OptionalInt eos = or(vocabulary.role("eos"), defaultId(vocabulary, 1));
    OptionalInt unknown = or(vocabulary.role("unknown"), defaultId(vocabulary, 2));
    if (unknown.isEmpty()) {
      throw corrupt("a unigram vocabulary needs tokenizer.ggml.unknown_token_id");
    }
    OptionalInt bos = vocabulary.role("bos");
    return new SubwordTokenizer(
        vocabulary,
        new UnigramEncoder(vocabulary, unknown.getAsInt()),
        new Frame(
            bos,
            vocabulary.addBos().orElse(false),
            eos,
            vocabulary.addEos().orElse(true),
            vocabulary.role(Vocabulary.BETWEEN)),
        false,
        vocabulary.addSpacePrefix().orElse(true));
  }

  private static Stream<String> texts(Vocabulary vocabulary) {
    return vocabulary.tokens().stream().map(Token::text);
  }

  private static OptionalInt defaultId(Vocabulary vocabulary, int id) {
    return id < vocabulary.size() ? OptionalInt.of(id) : OptionalInt.empty();
  }

  private static Frame frame(
      Vocabulary vocabulary, Bos rule, OptionalInt defaultBos, OptionalInt defaultEos) {
    OptionalInt bos = or(vocabulary.role("bos"), defaultBos);
    OptionalInt eos = or(vocabulary.role("eos"), defaultEos);
    if (vocabulary.addBos().orElse(false) && bos.isEmpty()) {
      throw corrupt("tokenizer.ggml.add_bos_token is set but tokenizer.ggml.bos_token_id is not");
    }
    boolean addEos = vocabulary.addEos().orElse(false);
    if (addEos && eos.isEmpty()) {
      throw corrupt("tokenizer.ggml.add_eos_token is set but tokenizer.ggml.eos_token_id is not");
    }
    boolean addBos = rule == Bos.ALWAYS || vocabulary.addBos().orElse(rule == Bos.DEFAULT_ON);
    return new Frame(bos, addBos, eos, addEos, vocabulary.role(Vocabulary.BETWEEN));
  }

  private static OptionalInt or(OptionalInt first, OptionalInt second) {
    return first.isPresent() ? first : second;
  }

  private static EngineException corrupt(String problem) {
    return new EngineException(EngineError.FILE_CORRUPT, problem);
  }
}
