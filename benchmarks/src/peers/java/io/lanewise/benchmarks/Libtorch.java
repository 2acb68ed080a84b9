package io.lanewise.benchmarks;

import io.lanewise.batch.DType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.openblas.global.openblas;
import org.bytedeco.pytorch.GeneratorOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/// libtorch through JavaCPP, the C++ library without Python: `out=` and in-place forms over tensors
/// that view the operands. What is a tensor or a scalar is made before anything is timed.
final class Libtorch implements Peer {
  private static final Pattern VERSION = Pattern.compile("TORCH_VERSION=([^,]+)");
  private static final int TARGET = 7;

  private final Scalar half = new Scalar(0.5);
  private final Scalar minusHalf = new Scalar(-0.5);
  private final Scalar signal = new Scalar(PeerCase.SIGNAL);
  private final Scalar spread = new Scalar(PeerCase.SPREAD);
  private final Scalar step = new Scalar(PeerCase.STEP);
  private final Scalar rest = new Scalar(1 - PeerCase.STEP);
  private final Scalar root = new Scalar(PeerCase.ROOT);
  private final String name;

  private Libtorch(String name) {
    this.name = name;
  }

  /// Loads the library.
  static Libtorch load() throws IOException {
    // On a first start libraries are unpacked while others already run, which ends in a SIGSEGV
    // unless all of them are there before.
    Loader.cacheResources("/org/bytedeco/pytorch/" + Loader.getPlatform());
    Matcher version = VERSION.matcher(torch.show_config().getString());
    return new Libtorch("libtorch " + (version.find() ? version.group(1) : "of unknown version"));
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public void threads(int count) {
    torch.set_num_threads(count);
    openblas.blas_set_num_threads(count); // its products
  }

  @Override
  public Map<String, Runnable> formulations(PeerCase kernel, Operands o) {
    return switch (kernel.benchmark()) {
      case "LinearCombination" -> linear(o, "y");
      case "LinearCombination.inPlace" -> linearInPlace(o);
      case "SquaredError" -> squaredError(o);
      case "GaussianKl" -> kl(o);
      case "LogSumExp" -> logSumExp(o);
      case "Softplus" -> softplus(o);
      case "AffineFlow" -> flow(o);
      case "Noise" -> noise(o);
      case "GeneratedNoising" -> generatedNoising(o);
      case "Reparameterize.given" -> reparameterize(o, "e", "out");
      case "Reparameterize.inPlace" -> reparameterize(o, "e", "e");
      case "Reparameterize.generated" -> reparameterizeGenerated(o);
      case "LangevinStep.given", "Step.langevin" -> langevin(o);
      case "LangevinStep.generated" -> langevinGenerated(o);
      case "ColumnMoments" -> moments(o);
      case "CrossProducts" -> crossProducts(o);
      case "RowSum" -> rowSum(o);
      case "PairwiseProducts" -> o.type() == DType.FLOAT32 ? pairsWidened(o) : pairs(o);
      case "PairwiseProducts.single" -> pairs(o);
      case "Step.ddim" -> linear(o, "p");
      case "Step.ddpm" -> ddpm(o);
      default -> Map.of();
    };
  }

  private static Map<String, Runnable> linear(Operands o, String second) {
    Tensor x = tensor(o, "x");
    Tensor y = tensor(o, second);
    Tensor a = tensor(o, "a");
    Tensor b = tensor(o, "b");
    Tensor out = tensor(o, "out");
    return Map.of(
        "mul.out, addcmul_",
        () -> {
          torch.mul_out(out, x, a);
          out.addcmul_(y, b);
        });
  }

  private static Map<String, Runnable> linearInPlace(Operands o) {
    Tensor x = tensor(o, "x");
    Tensor y = tensor(o, "y");
    Tensor a = tensor(o, "a");
    Tensor b = tensor(o, "b");
    return Map.of("mul_, addcmul_", () -> y.mul_(b).addcmul_(x, a));
  }

  private static Map<String, Runnable> squaredError(Operands o) {
    Tensor x = tensor(o, "x");
    Tensor y = tensor(o, "y");
    Tensor t = tensor(o, "t");
    Tensor r = tensor(o, "r");
    return Map.of(
        "sub.out, square_, sum.out",
        () -> {
          torch.sub_out(t, x, y);
          torch.sum_out(r, t.square_(), 1);
        });
  }

  private Map<String, Runnable> kl(Operands o) {
    Tensor m = tensor(o, "m");
    Tensor v = tensor(o, "v");
    Tensor t = tensor(o, "t");
    Tensor r = tensor(o, "r");
    Scalar dim = new Scalar((double) o.dim());
    return Map.of(
        "exp.out, sub_, addcmul_, sum.out",
        () -> {
          torch.exp_out(t, v);
          torch.sum_out(r, t.sub_(v).addcmul_(m, m), 1);
          r.sub_(dim).mul_(half);
        });
  }

  private static Map<String, Runnable> logSumExp(Operands o) {
    Tensor x = tensor(o, "x");
    Tensor t = tensor(o, "t");
    Tensor r = tensor(o, "r");
    Tensor q = tensor(o, "q");
    Tensor target = x.select(1, TARGET);
    Tensor logTarget = t.select(1, TARGET);
    return Map.of(
        "logsumexp.out",
        () -> {
          torch.logsumexp_out(q, x, 1);
          torch.sub_out(r, target, q);
        },
        "log_softmax.out",
        () -> {
          torch.log_softmax_out(t, x, 1);
          r.copy_(logTarget);
        });
  }

  private static Map<String, Runnable> softplus(Operands o) {
    Tensor x = tensor(o, "x");
    Tensor out = tensor(o, "out");
    return Map.of("softplus.out", () -> torch.softplus_out(out, x));
  }

  private Map<String, Runnable> flow(Operands o) {
    Tensor x = tensor(o, "x");
    Tensor shift = tensor(o, "shift");
    Tensor inverse = tensor(o, "inverse");
    Tensor t = tensor(o, "t");
    Tensor r = tensor(o, "r");
    Scalar constant = new Scalar(PeerCase.flowConstant(o));
    return Map.of(
        "sub.out, mul_, square_, sum.out",
        () -> {
          torch.sub_out(t, x, shift);
          torch.sum_out(r, t.mul_(inverse).square_(), 1);
          r.mul_(minusHalf).add_(constant);
        });
  }

  private static Map<String, Runnable> noise(Operands o) {
    Tensor out = tensor(o, "out");
    return Map.of("normal_", out::normal_);
  }

  private Map<String, Runnable> generatedNoising(Operands o) {
    Tensor x = tensor(o, "x");
    Tensor t = tensor(o, "t");
    Tensor out = tensor(o, "out");
    GeneratorOptional usual = new GeneratorOptional();
    return Map.of(
        "normal_, mul.out, add_",
        () -> {
          t.normal_();
          torch.mul_out(out, x, signal);
          out.add_(t, spread);
        },
        "normal_ of the spread, add_",
        () -> out.normal_(0, PeerCase.SPREAD, usual).add_(x, signal));
  }

  private Map<String, Runnable> reparameterize(Operands o, String eps, String to) {
    Tensor m = tensor(o, "m");
    Tensor v = tensor(o, "v");
    Tensor t = tensor(o, "t");
    Tensor e = tensor(o, eps);
    Tensor out = tensor(o, to);
    return Map.of(
        "mul.out, exp_, addcmul.out",
        () -> {
          torch.mul_out(t, v, half);
          torch.addcmul_out(out, m, t.exp_(), e);
        });
  }

  private Map<String, Runnable> reparameterizeGenerated(Operands o) {
    Tensor m = tensor(o, "m");
    Tensor v = tensor(o, "v");
    Tensor t = tensor(o, "t");
    Tensor out = tensor(o, "out");
    return Map.of(
        "mul.out, exp_, normal_, addcmul.out",
        () -> {
          torch.mul_out(t, v, half);
          torch.addcmul_out(out, m, t.exp_(), out.normal_());
        });
  }

  private Map<String, Runnable> langevin(Operands o) {
    Tensor x = tensor(o, "x");
    Tensor s = tensor(o, "s");
    Tensor z = tensor(o, "z");
    Tensor out = tensor(o, "out");
    return Map.of(
        "add.out, add_",
        () -> {
          torch.add_out(out, x, s, step);
          out.add_(z, root);
        });
  }

  private Map<String, Runnable> langevinGenerated(Operands o) {
    Tensor x = tensor(o, "x");
    Tensor t = tensor(o, "t");
    GeneratorOptional usual = new GeneratorOptional();
    return Map.of(
        "normal_, mul_, add_",
        () -> {
          t.normal_();
          x.mul_(rest).add_(t, root);
        },
        "normal_ of the spread, add.out",
        () -> {
          t.normal_(0, PeerCase.ROOT, usual);
          torch.add_out(x, t, x, rest);
        });
  }

  private static Map<String, Runnable> moments(Operands o) {
    Tensor x = tensor(o, "x");
    Tensor shift = tensor(o, "shift").select(0, 0);
    Tensor t = tensor(o, "t");
    Tensor mean = tensor(o, "mean");
    Tensor variance = tensor(o, "variance");
    Scalar share = new Scalar(1.0 / o.rows());
    Scalar minus = new Scalar(-1.0);
    ScalarOptional population = new ScalarOptional(new Scalar(0L));
    return Map.of(
        "var_mean.out",
        () -> torch.var_mean_out(variance, mean, x, new long[] {0}, population, false),
        "sub.out, sum.out, square_, sum.out",
        () -> {
          torch.sub_out(t, x, shift);
          torch.sum_out(mean, t, 0);
          torch.sum_out(variance, t.square_(), 0);
          mean.mul_(share);
          variance.mul_(share).addcmul_(mean, mean, minus);
          mean.add_(shift);
        });
  }

  private static Map<String, Runnable> crossProducts(Operands o) {
    Tensor x = tensor(o, "x");
    Tensor wide = tensor(o, "wide");
    Tensor shift = tensor(o, "shift").to(ScalarType.Double);
    Tensor products = tensor(o, "products");
    Tensor transposed = wide.t();
    return Map.of(
        "copy_, sub_, mm.out",
        () -> {
          wide.copy_(x).sub_(shift);
          torch.mm_out(products, transposed, wide);
        });
  }

  private static Map<String, Runnable> rowSum(Operands o) {
    Tensor x = tensor(o, "x");
    Tensor r = tensor(o, "r");
    return Map.of("sum.out", () -> torch.sum_out(r, x, 1));
  }

  private static Map<String, Runnable> pairs(Operands o) {
    Tensor x = tensor(o, "x");
    Tensor other = tensor(o, "other").t();
    Tensor pairs = tensor(o, "pairs");
    return Map.of("mm.out", () -> torch.mm_out(pairs, x, other));
  }

  private static Map<String, Runnable> pairsWidened(Operands o) {
    Tensor x = tensor(o, "x");
    Tensor wide = tensor(o, "wide");
    Tensor other = tensor(o, "other");
    Tensor otherWide = tensor(o, "otherWide");
    Tensor transposed = otherWide.t();
    Tensor pairs = tensor(o, "pairsWide");
    return Map.of(
        "copy_, mm.out",
        () -> {
          wide.copy_(x);
          otherWide.copy_(other);
          torch.mm_out(pairs, wide, transposed);
        });
  }

  private static Map<String, Runnable> ddpm(Operands o) {
    Tensor x = tensor(o, "x");
    Tensor p = tensor(o, "p");
    Tensor z = tensor(o, "z");
    Tensor a = tensor(o, "a");
    Tensor b = tensor(o, "b");
    Tensor c = tensor(o, "c");
    Tensor out = tensor(o, "out");
    return Map.of(
        "mul.out, addcmul_, addcmul_",
        () -> {
          torch.mul_out(out, x, a);
          out.addcmul_(p, b).addcmul_(z, c);
        });
  }

  private static Tensor tensor(Operands o, String name) {
    Operands.Block block = o.of(name);
    ByteBuffer bytes = block.data().asByteBuffer().order(ByteOrder.nativeOrder());
    boolean f32 = block.type() == DType.FLOAT32;
    Pointer at =
        f32 ? new FloatPointer(bytes.asFloatBuffer()) : new DoublePointer(bytes.asDoubleBuffer());
    return torch.from_blob(
        at, block.shape(), new TensorOptions(f32 ? ScalarType.Float : ScalarType.Double));
  }
}
