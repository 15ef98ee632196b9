package dev.flyball.server.generate;

/**
 * An image that came with a conversation.
 *
 * @param field its place in the request, for messages
 * @param file the bytes of a picture file, unchecked
 */
@SuppressWarnings("ArrayRecordComponent") // never compared; not changed
public record ImageInput(String field, byte[] file) {}
