package io.lanewise.cli;

import com.github.weisj.jsvg.SVGDocument;
import com.github.weisj.jsvg.parser.LoaderContext;
import com.github.weisj.jsvg.parser.SVGLoader;
import com.github.weisj.jsvg.view.ViewBox;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import javax.imageio.ImageIO;

/// A drawing of ours as pixels, two for each of its units, without a display. Text is set in the
/// fonts of this machine.
final class PngImage {
  private static final int SCALE = 2;

  private PngImage() {}

  /// Begins to load fonts and classes in a thread of its own, by drawing something.
  static void prepare() {
    Thread.ofPlatform()
        .daemon()
        .name("lanewise-plots")
        .start(() -> {
          try {
            of(
                "<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'>"
                    + "<path d='M0 0L9 9' stroke='#000'/><text x='1' y='8'>0</text></svg>");
          } catch (IOException e) {
            // Whoever draws a plot is told.
          }
        });
  }

  /// The bytes of a PNG file.
  ///
  /// @throws IOException if this machine cannot set text, which SVG does not need
  static byte[] of(String svg) throws IOException {
    System.setProperty("java.awt.headless", "true");
    SVGDocument drawing =
        new SVGLoader()
            .load(
                new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)),
                null,
                LoaderContext.createDefault());
    if (drawing == null) {
      throw new IllegalStateException("a plot of ours cannot be read");
    }
    int width = Math.round(drawing.size().width);
    int height = Math.round(drawing.size().height);
    BufferedImage image =
        new BufferedImage(SCALE * width, SCALE * height, BufferedImage.TYPE_INT_RGB);
    try {
      Graphics2D graphics = image.createGraphics();
      graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
      graphics.setRenderingHint(
          RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
      graphics.setRenderingHint(
          RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
      drawing.render(null, graphics, new ViewBox(0, 0, SCALE * width, SCALE * height));
      graphics.dispose();
    } catch (InternalError | LinkageError | RuntimeException e) {
      // Where there is no font, or a JDK without its graphics, Java says it in any of these ways.
      throw new IOException(
          "plots: found no way to set text, expected fonts; --plots svg does without", e);
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ImageIO.write(image, "png", bytes);
    return bytes.toByteArray();
  }
}
