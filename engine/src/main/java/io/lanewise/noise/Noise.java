package io.lanewise.noise;

/// A source of standard normal noise.
public interface Noise {
  static Noise parse(String spec) {
    throw new UnsupportedOperationException(spec);
  }
}
