package dev.flyball.engine.gguf;

import java.util.List;

/**
 * What stands before the tensors' data.
 *
 * @param tensors in file order, their data checked to lie apart from each other and in the file
 */
record GgufHeader(int version, GgufMetadata metadata, List<GgufTensor> tensors) {}
