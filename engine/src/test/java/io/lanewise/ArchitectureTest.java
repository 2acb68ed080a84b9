package io.lanewise;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import io.lanewise.objective.Objective;
import io.lanewise.objective.Objectives;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The directions of docs/architecture.md: data flows one way, and so do imports.
class ArchitectureTest {
  private static final JavaClasses ENGINE =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("io.lanewise");

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "kernel    | batch",
        "batch     |",
        "linalg    |",
        "result    |",
        "noise     | batch kernel",
        "source    | batch",
        "sink      | batch",
        "report    | result",
        "leaderboard | result",
        "objective | batch kernel noise linalg result",
        "plan      | batch kernel",
        "run       | batch kernel noise linalg result objective plan source sink leaderboard",
        "run.group | batch kernel result objective plan source",
        "run.bind  | batch kernel noise result objective plan source run.group",
        "run.state | batch kernel noise result objective plan source sink run.group run.bind",
      })
  void aPackageImportsOnlyWhatItMay(String of, String others) {
    List<String> allowed = new ArrayList<>(List.of("io.lanewise." + of + ".."));
    if (others != null) {
      for (String other : others.split(" ")) {
        allowed.add("io.lanewise." + other + "..");
      }
    }
    classes()
        .that()
        .resideInAPackage("io.lanewise." + of + "..")
        .should()
        .onlyDependOnClassesThat(
            com.tngtech.archunit.base.DescribedPredicate.or(
                com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage(
                    allowed.toArray(String[]::new)),
                com.tngtech.archunit.base.DescribedPredicate.not(
                    com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage(
                        "io.lanewise.."))))
        .check(ENGINE);
  }

  @Test
  void kernelsKnowNothingOfArrow() {
    noClasses()
        .that()
        .resideInAnyPackage("io.lanewise.kernel..", "io.lanewise.noise..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.apache.arrow..")
        .check(ENGINE);
  }

  @Test
  void packagesHaveNoCycles() {
    SlicesRuleDefinition.slices()
        .matching("io.lanewise.(*)..")
        .should()
        .beFreeOfCycles()
        .check(ENGINE);
  }

  @Test
  void objectivesOfAFamilyDoNotKnowOtherFamilies() {
    SlicesRuleDefinition.slices()
        .matching("io.lanewise.objective.(*)..")
        .should()
        .notDependOnEachOther()
        .ignoreDependency(
            com.tngtech.archunit.base.DescribedPredicate.alwaysTrue(),
            com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage(
                "io.lanewise.objective.support"))
        .check(ENGINE);
  }

  @Test
  void everyObjectiveIsRegisteredOnceUnderUniqueNames() {
    List<String> written =
        ENGINE.stream()
            .filter(c -> c.isAssignableTo(Objective.class) && !c.isInterface())
            .map(c -> c.getName())
            .sorted()
            .toList();
    assertThat(Objectives.all().stream().map(o -> o.getClass().getName()).sorted())
        .isEqualTo(written);
    assertThat(
            Objectives.all().stream()
                .flatMap(o ->
                    Stream.concat(
                        Stream.of(o.descriptor().id()), o.descriptor().aliases().stream())))
        .doesNotHaveDuplicates();
  }

  @Test
  void theRegistryKnowsEachObjectiveByTheNamesOfItsDescriptor() {
    assertThat(Objectives.ids())
        .isEqualTo(Objectives.all().stream().map(o -> o.descriptor().id()).toList());
    for (Objective objective : Objectives.all()) {
      assertThat(Objectives.get(objective.descriptor().id())).isSameAs(objective);
      for (String alias : objective.descriptor().aliases()) {
        assertThat(Objectives.get(alias)).as(alias).isSameAs(objective);
      }
    }
  }
}
