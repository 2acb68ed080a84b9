package io.lanewise.kernel;

import java.lang.reflect.InvocationTargetException;

/// The module of the Vector API, which the JVM's boot layer holds only if the option
/// `--add-modules=jdk.incubator.vector` names it.
///
/// An incubator module in the boot layer costs every start: the JVM then uses neither the module
/// graph nor the linked classes and lambdas of its archive. So the command names
/// `--add-exports=java.base/jdk.internal.module=ALL-UNNAMED` instead, and the module is loaded here
/// when vectors are needed first, by the JDK's own way to load a system module later (its
/// management and instrumentation agents come like that). Then it belongs to a layer above the boot
/// layer, but to the same class loader, and the JVM compiles it alike.
public final class VectorModule {
  /// What it is called.
  public static final String NAME = "jdk.incubator.vector";

  private static final String LOADER = "jdk.internal.module";

  private VectorModule() {}

  /// Whether vectors can be used: the module is in the boot layer, was loaded, or is now.
  public static boolean present() {
    return Holder.PRESENT;
  }

  /// Whether vectors could be used, without loading anything.
  public static boolean available() {
    return ModuleLayer.boot().findModule(NAME).isPresent() || canLoad();
  }

  private static boolean canLoad() {
    return Object.class.getModule().isExported(LOADER, VectorModule.class.getModule());
  }

  private static boolean load() {
    try {
      // No compiler takes an internal class together with a release to compile for.
      Class.forName(LOADER + ".Modules").getMethod("loadModule", String.class).invoke(null, NAME);
      return true;
    } catch (ReflectiveOperationException e) {
      Throwable cause = e instanceof InvocationTargetException thrown ? thrown.getCause() : e;
      System.getLogger("io.lanewise.kernel")
          .log(System.Logger.Level.WARNING, "found no module " + NAME + " to load", cause);
      return false;
    }
  }

  /// Initialised on first use: it is loaded once.
  private static final class Holder {
    static final boolean PRESENT =
        ModuleLayer.boot().findModule(NAME).isPresent() || (canLoad() && load());

    private Holder() {}
  }
}
