package io.lanewise.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lanewise.batch.ColumnType;
import io.lanewise.batch.DType;
import io.lanewise.batch.Shape;
import io.lanewise.objective.Choice;
import io.lanewise.objective.Descriptor;
import io.lanewise.objective.Objective;
import io.lanewise.objective.Objectives;
import io.lanewise.objective.Role;
import io.lanewise.objective.RowSet;
import io.lanewise.run.bind.ColumnSearch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/// The rule that finds columns, on its own. Columns are written as `name` for a number, `name#` for
/// an integer, `name$` for text, `name[]` for a vector and `name*` for a sequence.
class ColumnSearchTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        // Naming a role changes nothing about the others.
        "ll | rows | logprob* mask*# bytes# | | logprob=logprob mask=mask bytes=bytes",
        "ll | rows | logprob* mask*# bytes# | logprob=logprob | logprob=logprob mask=mask bytes=bytes",
        "ll | rows | lp* mask*# bytes# | logprob=lp | logprob=lp mask=mask bytes=bytes",
        "gan | real | d weight | logit=d | logit=d weight=weight",
        "mse | rows | target[] prediction[] t# importance-weight | prediction=prediction"
            + " | target=target prediction=prediction t=t importance-weight=importance-weight",
        "loss-by-timestep | rows | mse t# importance_weight | loss=mse"
            + " | loss=mse t=t importance-weight=importance_weight",
        "diffusion-vlb | rows | x0[] xt[] eps_pred[] t# importance-weight | x0=x0"
            + " | x0=x0 xt=xt prediction=eps_pred t=t importance-weight=importance-weight",
        "multiple-choice | rows | lls* gold# length*# | gold=gold"
            + " | log-likelihood=lls gold=gold length=length",
        // A usual name is not meant where a role of another has its own, or a parameter says so.
        "ll | rows | logprob* log_likelihood | | logprob=logprob",
        "elbo | rows | recon kl mean[] log_var[] | | recon=recon kl=kl",
        "ddim-step | rows | xt[] pred[] t# t_prev# eps[] | xt=xt"
            + " | xt=xt prediction=pred t=t t-next=t_prev",
        "ddim-step | rows | xt[] pred[] t# t_prev# noise[] | xt=xt"
            + " | xt=xt prediction=pred t=t t-next=t_prev noise=noise",
        // The only column there is need not be one of vectors.
        "hinge-gan | real | d | | logit=d",
        "bootstrap | rows | d | | value=d",
        "swd | real | d | | features=d",
        // Off by name.
        "ll | rows | logprob* mask*# | mask=none | logprob=logprob",
        // Synonyms, hyphens and underscores; the own name goes first.
        "ll | rows | logprobs* attention_mask*# num_bytes#"
            + " | | logprob=logprobs mask=attention_mask bytes=num_bytes",
        "kl | rows | mean[] log-var[] | | mu=mean logvar=log-var",
        "kl | rows | mu[] mean[] logvar[] | | mu=mu logvar=logvar",
        "fid | real | act[] id# | | features=act",
        // A synonym that does not fit is not meant.
        "ll | rows | logprob* labels# | | logprob=logprob",
        // What stands for a role that was named.
        "ll | rows | logprob* probability* mask*# | probability=probability"
            + " | probability=probability mask=mask",
        "ll | rows | total mask*# logprob* token-count# | total=total"
            + " | total=total token-count=token-count",
        "elbo | rows | recon kl mu[] logvar[] | kl=kl | recon=recon kl=kl",
        "elbo | rows | recon kl mu[] logvar[] | mu=mu | recon=recon mu=mu logvar=logvar",
        "gan | fake | logit probability weight | probability=probability"
            + " | probability=probability weight=weight",
        "fid | real | features[] mu sigma[] | mu=mu | mu=mu sigma=sigma",
        "edm-preconditioning | rows | xt[] t# sigma prediction[] | sigma=sigma"
            + " | xt=xt prediction=prediction sigma=sigma",
        "mse | rows | target[] prediction[] t# sigma alpha-bar | sigma=sigma"
            + " | target=target prediction=prediction t=t sigma=sigma",
        // A column that plays a role that was named.
        "edm-preconditioning | rows | xt[] time | sigma=time | xt=xt sigma=time",
        // One way alone is complete.
        "ll | rows | logprob* logits* | | logprob=logprob",
        "ll | rows | logprob* token-count# | | logprob=logprob",
        "sequence-ll | rows | sequence# logprob target# | | sequence=sequence logprob=logprob",
        "fid | real | features[] mu | | features=features",
        // The only vectors.
        "fid | real | data[] | | features=data",
        "fid | real | data[] label# | | features=data",
        "kid | generated | data* | | features=data",
        "gradient-penalty | rows | data[] weight | | gradient=data weight=weight",
        // Several columns as one.
        "kid | real | f10 f2 f1 g | features=f* | features=f1,f2,f10",
        "kid | real | f10 f2 f1 g | features=g,f2 | features=g,f2",
        "kid | real | f1 f2 f* a,b | features=a,b | features=a,b",
      })
  void findsColumns(
      String objective, String set, String columns, @Nullable String named, String expected) {
    assertThat(bound(search(objective, set, columns, named, Map.of()).find(false, Set.of())))
        .isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "ll | rows | logprob* probability* | | found both of the roles 'logprob' and 'probability'",
        "ll | rows | logprob* total | logprob=logprob total=total | 'logprob' and 'total'",
        "ll | rows | loss | | found none of role 'logprob', role 'probability'",
        "elbo | rows | recon mu[] | | found neither role 'kl' nor both 'mu' and 'logvar'",
        "elbo | rows | recon mu[] | | its columns are recon float64, mu float64[3]",
        "kl | rows | a[] b[] | | found no column for role 'mu', expected a vector of numbers",
        "is | rows | data[] | | found neither role 'logits' nor role 'probabilities'",
        "kid | real | a[] b[] | | found no column for role 'features'",
        "kid | real | a b | | found no column for role 'features'",
        // The covariance is not features.
        "fid | real | sigma[] | | found neither role 'features' nor both 'mu' and 'sigma'",
        "ll | rows | logprob* mask*# none* | mask=none | and a column of that name",
        "kl | rows | mu[] logvar[] | mu=none | found 'none', expected a column",
        "kl | rows | mu[] logvar[] | mu=nu | role 'mu': unknown column 'nu'; did you mean 'mu'?",
        "ll | rows | log_prob* logprobs* | | found the columns 'log_prob', 'logprobs'",
        "ll | rows | logprob* mask$ | | column 'mask' for role 'mask': found text",
        "kid | real | f1 f2 | features=f1,,f2 | found 'f1,,f2', expected columns separated by",
        "kid | real | f1 f2 | features=f1,f1 | found column 'f1' twice",
        "kid | real | f1 f2 | features=g* | unknown column 'g*'",
      })
  void refuses(
      String objective, String set, String columns, @Nullable String named, String message) {
    assertThatThrownBy(() -> search(objective, set, columns, named, Map.of()).find(false, Set.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("here")
        .hasMessageContaining(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "elbo | rows | recon kl mu[] logvar[] | kl=kl | column 'mu' has the name of role 'mu' and is"
            + " not used: role 'kl' has column 'kl', which stands for it",
        "ll | rows | lp* logprob* | logprob=lp | column 'logprob' has the name of role 'logprob' and"
            + " is not used: the role has column 'lp'",
        "kl | rows | mu[] mean[] logvar[] | | column 'mean' has a usual name of role 'mu'",
        "ll | rows | logprob* labels# | | it is int64, not a sequence of integers",
      })
  void warns(String objective, String set, String columns, @Nullable String named, String warning) {
    assertThat(search(objective, set, columns, named, Map.of()).find(false, Set.of()).warnings())
        .first()
        .asString()
        .contains(warning);
  }

  @Test
  void whatIsSwitchedOffOrUsedOtherwiseIsNoWarning() {
    assertThat(
            search("ll", "rows", "logprob* mask*#", "mask=none", Map.of())
                .find(false, Set.of())
                .warnings())
        .isEmpty();
    assertThat(
            search("kl", "rows", "mu[] mean logvar[]", "", Map.of())
                .find(false, Set.of("mean"))
                .warnings())
        .isEmpty();
  }

  /// A parameter that was given speaks against a column; its default does not.
  @Test
  void aParameterCanMakeARoleUseless() {
    String columns = "x[] score[] noise[]";
    assertThat(bound(search("langevin", "rows", columns, "", Map.of()).find(false, Set.of())))
        .isEqualTo("x=x score=score noise=noise");
    ColumnSearch.Found drawn =
        search("langevin", "rows", columns, "", Map.of("noise", "philox:1")).find(false, Set.of());
    assertThat(bound(drawn)).isEqualTo("x=x score=score");
    assertThat(drawn.warnings()).singleElement().asString().contains("noise is philox:1");
    assertThat(
            bound(
                search("langevin", "rows", columns, "noise=noise", Map.of("noise", "philox:1"))
                    .find(false, Set.of())))
        .isEqualTo("x=x score=score noise=noise");
  }

  /// Given noise goes by its usual names too.
  @Test
  void aParameterCanMakeARoleUseful() {
    assertThat(
            bound(
                search(
                        "ddim-step",
                        "rows",
                        "xt[] pred[] t# t_prev# eps[]",
                        "",
                        Map.of("noise", "given"))
                    .find(false, Set.of())))
        .isEqualTo("xt=xt prediction=pred t=t t-next=t_prev noise=eps");
  }

  @Test
  void dataThatNobodyGaveForASetIsNotGuessed() {
    assertThat(
            search("diversity", "reference", "data[]", "", Map.of()).find(true, Set.of()).columns())
        .isEmpty();
    assertThat(
            bound(search("diversity", "generated", "data[]", "", Map.of()).find(false, Set.of())))
        .isEqualTo("samples=data");
  }

  static Stream<Descriptor> objectives() {
    return Objectives.all().stream().map(Objective::descriptor);
  }

  /// Over all ways to give an objective its roles: naming any of them by its own name binds what
  /// naming none binds.
  @ParameterizedTest
  @MethodSource("objectives")
  void namingARoleByItsNameChangesNothing(Descriptor objective) {
    for (RowSet set : objective.sets()) {
      for (List<String> left : ways(set)) {
        List<Role> roles = set.roles().stream().filter(r -> !left.contains(r.name())).toList();
        String columns =
            roles.stream().map(ColumnSearchTest::column).collect(Collectors.joining(" "));
        String expected =
            roles.stream().map(r -> r.name() + "=" + r.name()).collect(Collectors.joining(" "));
        assertThat(find(objective, set, columns, "")).isEqualTo(expected);
        for (Role role : roles) {
          String named = role.name() + "=" + role.name();
          assertThat(find(objective, set, columns, named)).as(named).isEqualTo(expected);
        }
      }
    }
  }

  /// So that no column is known by two roles of a set.
  @ParameterizedTest
  @MethodSource("objectives")
  void noSynonymIsThatOfTwoRoles(Descriptor objective) {
    for (RowSet set : objective.sets()) {
      List<String> all = set.roles().stream().flatMap(r -> set.synonyms(r).stream()).toList();
      assertThat(all).as(set.name()).doesNotHaveDuplicates();
    }
  }

  @ParameterizedTest
  @MethodSource("objectives")
  void choicesAndConditionsNameWhatThereIs(Descriptor objective) {
    List<String> parameters = objective.parameters().stream().map(p -> p.name()).toList();
    for (RowSet set : objective.sets()) {
      List<String> names = set.roles().stream().map(Role::name).toList();
      for (Choice choice : set.choices()) {
        for (Choice.Way way : choice.ways()) {
          assertThat(names).containsAll(way.needs()).containsAll(way.takes());
        }
      }
      for (Role role : set.roles()) {
        assertThat(parameters)
            .containsAll(role.conditions().stream().map(c -> c.parameter()).toList());
        assertThat(role.required() && !role.conditions().isEmpty()).as(role.name()).isFalse();
      }
    }
  }

  /// For each combination of ways, the roles that it leaves out.
  private static List<List<String>> ways(RowSet set) {
    List<List<String>> left = List.of(List.of());
    for (Choice choice : set.choices()) {
      List<List<String>> more = new ArrayList<>();
      for (Choice.Way way : choice.ways()) {
        List<String> rivals =
            set.roles().stream()
                .map(Role::name)
                .filter(r -> way.needs().stream().anyMatch(kept -> choice.areRivals(r, kept)))
                .toList();
        left.forEach(before -> more.add(Stream.concat(before.stream(), rivals.stream()).toList()));
      }
      left = more;
    }
    return left;
  }

  private static String column(Role role) {
    String shape =
        switch (role.shape()) {
          case SCALAR -> "";
          case VECTOR -> "[]";
          case SEQUENCE -> "*";
        };
    return role.name() + shape + (role.kind() == Role.Kind.NUMBER ? "" : "#");
  }

  private static String find(Descriptor objective, RowSet set, String columns, String named) {
    return bound(
        search(objective.id(), set.name(), columns, named, Map.of()).find(false, Set.of()));
  }

  private static String bound(ColumnSearch.Found found) {
    return found.columns().entrySet().stream()
        .map(e ->
            e.getKey()
                + "="
                + e.getValue().stream().map(ColumnType::name).collect(Collectors.joining(",")))
        .collect(Collectors.joining(" "));
  }

  private static ColumnSearch search(
      String id,
      String set,
      String columns,
      @Nullable String named,
      Map<String, String> parameters) {
    Descriptor objective = Objectives.get(id).descriptor();
    RowSet rows =
        objective.sets().stream().filter(s -> s.name().equals(set)).findFirst().orElseThrow();
    Map<String, List<String>> given = new HashMap<>();
    if (named != null && !named.isEmpty()) {
      for (String pair : named.split(" ")) {
        given.put(
            pair.substring(0, pair.indexOf('=')), List.of(pair.substring(pair.indexOf('=') + 1)));
      }
    }
    return new ColumnSearch(
        objective,
        rows,
        "here",
        Arrays.stream(columns.split(" ")).map(ColumnSearchTest::type).toList(),
        given,
        parameters,
        _ -> Optional.empty());
  }

  private static ColumnType type(String text) {
    DType type = text.contains("#") ? DType.INT64 : text.contains("$") ? DType.TEXT : DType.FLOAT64;
    String name = text.replaceAll("(\\[]|\\*|#|\\$)+$", "");
    return text.contains("[]")
        ? new ColumnType(name, Shape.VECTOR, type, 3)
        : text.contains("*")
            ? new ColumnType(name, Shape.SEQUENCE, type, 0)
            : new ColumnType(name, Shape.SCALAR, type, 1);
  }
}
