package dev.flyball.engine.adapter;

/**
 * An adapter that is loaded.
 *
 * @param file what was loaded, with the scale of now
 * @param rank the largest of its matrices
 * @param bytes size of its file
 * @param users requests that compute with it
 */
public record AdapterInfo(AdapterFile file, int rank, long bytes, int users) {}
