package dev.flyball.engine.tokenizer;

import static dev.flyball.engine.tokenizer.CharScanner.contraction;
import static dev.flyball.engine.tokenizer.CharScanner.firstOf;
import static dev.flyball.engine.tokenizer.CharScanner.lineBreaks;
import static dev.flyball.engine.tokenizer.CharScanner.pair;
import static dev.flyball.engine.tokenizer.CharScanner.prefixedRun;
import static dev.flyball.engine.tokenizer.CharScanner.run;
import static dev.flyball.engine.tokenizer.CharScanner.spacedRun;
import static dev.flyball.engine.tokenizer.CharScanner.whitespace;
import static dev.flyball.engine.tokenizer.CharacterClasses.LETTER;
import static dev.flyball.engine.tokenizer.CharacterClasses.MARK;
import static dev.flyball.engine.tokenizer.CharacterClasses.NEWLINE;
import static dev.flyball.engine.tokenizer.CharacterClasses.NUMBER;
import static dev.flyball.engine.tokenizer.CharacterClasses.PUNCTUATION;
import static dev.flyball.engine.tokenizer.CharacterClasses.WHITESPACE;
import static dev.flyball.engine.tokenizer.TextSplitter.digitGroupsFromRight;
import static dev.flyball.engine.tokenizer.TextSplitter.isolate;
import static dev.flyball.engine.tokenizer.TextSplitter.isolateTrailingWhitespace;
import static dev.flyball.engine.tokenizer.TextSplitter.numberGroupsFromRight;
import static dev.flyball.engine.tokenizer.TextSplitter.whitespaceByPowersOfTwo;

import dev.flyball.engine.tokenizer.PreTokenizer.Bos;
import dev.flyball.engine.tokenizer.PreTokenizer.WholeWords;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The pre-tokenizers by the names that model files give in {@code tokenizer.ggml.pre}.
 *
 * <p>The names, and which of them share a pattern, are those of llama.cpp; where it departs from
 * the pattern of the model's own {@code tokenizer.json}, so do we, since files are made for it.
 */
final class PreTokenizers {
  private static final CharSet ANY_NUMBER = CharSet.anyOf(NUMBER);
  private static final CharSet LETTERS = CharSet.anyOf(LETTER);
  private static final CharSet SPACE = CharSet.anyOf(WHITESPACE);
  private static final CharSet JAPANESE_AND_CHINESE =
      CharSet.within(0x3040, 0x309F, 0x30A0, 0x30FF, 0x4E00, 0x9FA5);
  private static final CharSet EAST_ASIAN =
      CharSet.within(0x0800, 0x4E00, 0x4E01, 0x9FA5, 0xAC00, 0xD7FF);

  private static final Map<String, PreTokenizer> BY_NAME = new HashMap<>();

  static {
    registerGpt2Kin();
    registerLlama3Kin();
    registerCasedWords();
    registerScriptAware();
    registerSpaceMarked();
  }

  private PreTokenizers() {}

  static Optional<PreTokenizer> named(String name) {
    return Optional.ofNullable(BY_NAME.get(name));
  }

  static Set<String> names() {
    return Set.copyOf(BY_NAME.keySet());
  }

  private static void register(PreTokenizer preTokenizer, String... names) {
    for (String name : names) {
      BY_NAME.put(name, preTokenizer);
    }
  }

  private static void registerGpt2Kin() {
    TextSplitter gpt2 = isolate(WordPatterns.gpt2());
    TextSplitter singleNumbers = isolate(run(ANY_NUMBER, 1));
    TextSplitter threeDigits = isolate(WordPatterns.threeDigits());
    CharSet mathematical = CharSet.of("$+<=>^~|");
    register(
        PreTokenizer.of(gpt2),
        ("gpt-2 phi-2 jina-es jina-de gigachat jina-v2-es jina-v2-de a.x-4.0 mellum modern-bert"
                + " exaone4 mpt olmo jais trillion granite-docling jina-v1-en jina-v2-code"
                + " roberta-bpe")
            .split(" "));
    register(
        PreTokenizer.of(singleNumbers, gpt2),
        "starcoder refact command-r smollm codeshell exaone minerva-7b mellum2".split(" "));
    register(
        PreTokenizer.of(
            isolate(run(CharSet.anyOf(PUNCTUATION).or(mathematical).or(CharSet.of("`")))),
            gpt2,
            threeDigits),
        "falcon");
    register(
        PreTokenizer.of(
            isolate(run(CharSet.anyOf(PUNCTUATION).or(mathematical))),
            gpt2,
            isolate(run(ANY_NUMBER)),
            threeDigits),
        "default");
    register(
        PreTokenizer.of(
                isolate(WordPatterns.chameleonSentinel()),
                isolate(WordPatterns.chameleonImage()),
                isolate(WordPatterns.chameleonSpaces()),
                singleNumbers,
                isolate(run(CharSet.anyOf(PUNCTUATION).or(WordPatterns.asciiPunctuation()), 1)),
                gpt2)
            .withBos(Bos.DEFAULT_ON),
        "chameleon");
    register(PreTokenizer.of(isolate(run(ANY_NUMBER)), digitGroupsFromRight()), "superbpe");
  }

  private static void registerLlama3Kin() {
    WordPatterns.Llama3 llama3 = WordPatterns.Llama3.DEFAULT;
    PreTokenizer llama3Words = PreTokenizer.of(isolate(llama3.scanner()));
    register(
        llama3Words.withWholeWords(WholeWords.ALL).withBos(Bos.DEFAULT_ON),
        "llama3 llama-v3 llama-bpe falcon3 falcon-h1 pixtral midm-2.0 lfm2 jina-v5-nano"
            .split(" "));
    register(llama3Words, "dbrx", "smaug-bpe", "glm4", "chatglm-bpe");
    register(
        PreTokenizer.of(
                isolate(run(ANY_NUMBER, 3)),
                isolate(llama3.withLongestNumber(Integer.MAX_VALUE).scanner()))
            .withWholeWords(WholeWords.ALL),
        "minicpm5");
    register(PreTokenizer.of(isolate(llama3.scanner()), whitespaceByPowersOfTwo()), "jais-2");
    WordPatterns.Llama3 qwen2 = llama3.withLongestNumber(1);
    register(
        PreTokenizer.of(isolate(qwen2.scanner())),
        "qwen2 deepseek-r1-qwen kormo f2llmv2 megrez stablelm2 hunyuan solar-open grok-2"
            .split(" "));
    register(PreTokenizer.of(isolate(qwen2.withMarks().scanner())), "qwen35");
    register(PreTokenizer.of(isolate(qwen2.withoutContractions().scanner())), "ufakzeka");
    register(PreTokenizer.of(isolate(WordPatterns.lines()), isolate(qwen2.scanner())), "laguna");
    register(PreTokenizer.of(isolate(qwen2.scanner())), "bailingmoe", "bailingmoe2", "llada-moe");
    register(
        PreTokenizer.of(isolate(qwen2.withPunctuation(WordPatterns.punctuationInLine()).scanner())),
        "seed-coder");
    register(
        PreTokenizer.of(
            isolate(
                qwen2
                    .withPunctuation(WordPatterns.punctuationAndTail("\r\n/", 1))
                    .withWords(WordPatterns.spacedWords())
                    .scanner())),
        "exaone-moe");
  }

  private static void registerCasedWords() {
    CharScanner contraction = contraction(true);
    CharScanner cased = WordPatterns.casedLetters();
    PreTokenizer gpt4o = casedWords(cased.thenOptionally(contraction), 3);
    register(gpt4o, "gpt-4o", "llama4", "kanana2", "talkie", "minimax-m2");
    register(casedWords(cased, 1).withWholeWords(WholeWords.ALL).withBos(Bos.DEFAULT_ON), "tekken");
    register(
        casedWords(WordPatterns.casedLettersAndMarks().thenOptionally(contraction), 3)
            .withWholeWords(WholeWords.ALL),
        "granite-embed-multi-97m");
    CharScanner uncased = WordPatterns.lettersAndMarks().thenOptionally(contraction);
    register(
        PreTokenizer.of(numberGroupsFromRight(), casedStep(uncased, 3)), "tiny_aya", "cohere2moe");
    register(
        PreTokenizer.of(isolate(WordPatterns.youtuScripts()), casedStep(uncased, 1))
            .withWholeWords(WholeWords.ALL),
        "youtu");
  }

  private static PreTokenizer casedWords(CharScanner word, int longestNumber) {
    return PreTokenizer.of(casedStep(word, longestNumber));
  }

  /** {@code word|\p{N}{1,n}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+}. */
  private static TextSplitter casedStep(CharScanner word, int longestNumber) {
    return isolate(
        firstOf(
            word,
            run(ANY_NUMBER, longestNumber),
            WordPatterns.punctuationAndTail("\r\n/", Integer.MAX_VALUE),
            lineBreaks(),
            whitespace()));
  }

  private static void registerScriptAware() {
    TextSplitter newlines = isolate(run(CharSet.anyOf(NEWLINE), 1));
    TextSplitter singleNumbers = isolate(run(ANY_NUMBER, 1));
    register(
        PreTokenizer.of(
            newlines,
            isolate(prefixedRun(SPACE, WordPatterns.lettersWithCase())),
            isolate(prefixedRun(SPACE, WordPatterns.deepseekPunctuation())),
            isolateTrailingWhitespace(),
            isolate(run(EAST_ASIAN)),
            isolate(run(ANY_NUMBER))),
        "deepseek-llm");
    register(
        PreTokenizer.of(
            newlines,
            isolate(prefixedRun(SPACE, LETTERS)),
            isolate(prefixedRun(SPACE, CharSet.anyOf(PUNCTUATION))),
            isolate(run(EAST_ASIAN)),
            singleNumbers),
        "deepseek-coder");
    TextSplitter threeNumbers = isolate(run(ANY_NUMBER, 3));
    TextSplitter kanaAndHan = isolate(run(JAPANESE_AND_CHINESE));
    CharScanner symbols = WordPatterns.symbols();
    CharScanner symbolsAndLineBreaks = symbols.then(CharSet.anyOf(NEWLINE));
    register(
        PreTokenizer.of(
            threeNumbers, kanaAndHan, isolate(deepseek3(symbolsAndLineBreaks, lineBreaks()))),
        "deepseek-v3",
        "hunyuan-dense",
        "joyai-llm",
        "hy_v4");
    register(
        PreTokenizer.of(
            threeNumbers,
            kanaAndHan,
            isolate(deepseek3(symbols, run(CharSet.anyOf(NEWLINE), 1))),
            singleNumbers),
        "spark2_5");
    register(
        PreTokenizer.of(
            numberGroupsFromRight(),
            isolate(run(WordPatterns.afmoeScripts())),
            isolate(deepseek3(symbolsAndLineBreaks, lineBreaks()))),
        "afmoe");
    register(PreTokenizer.of(isolate(WordPatterns.kimiK2())), "kimi-k2");
    TextSplitter bloom = isolate(spacedRun(WordPatterns.bloomDelimiters().negate()));
    register(PreTokenizer.of(bloom), "poro-chat", "bloom", "gpt3-finnish");
    register(PreTokenizer.of(bloom, singleNumbers), "viking");
  }

  /**
   * {@code [ASCII
   * punctuation][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+|symbols|breaks|\s+(?!\S)|\s+}.
   */
  private static CharScanner deepseek3(CharScanner symbols, CharScanner breaks) {
    return firstOf(
        pair(WordPatterns.asciiPunctuation(), WordPatterns.asciiLetters()),
        prefixedRun(WordPatterns.noLetterOrSymbol(), CharSet.anyOf(LETTER | MARK)),
        symbols,
        breaks,
        whitespace());
  }

  private static void registerSpaceMarked() {
    PreTokenizer lines = PreTokenizer.of(isolate(WordPatterns.lines())).ofCharacters();
    register(
        lines.withWholeWords(WholeWords.LINE_BREAKS).withBos(Bos.ALWAYS),
        "gemma4",
        "granite-embed-multi-311m");
    register(lines, "sarvam-moe");
  }
}
