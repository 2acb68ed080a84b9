package io.lanewise.cli;

import io.lanewise.objective.Objective;
import io.lanewise.objective.Objectives;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// The objectives that there are commands for. Names can be had without loading the objectives.
interface Catalog {
  /// The registry.
  Catalog REGISTRY =
      new Catalog() {
        @Override
        public List<String> ids() {
          return Objectives.ids();
        }

        @Override
        public Optional<Objective> find(String name) {
          return Objectives.find(name);
        }

        @Override
        public List<Objective> all() {
          return Objectives.all();
        }
      };

  /// Their ids, in the order of [#all()].
  List<String> ids();

  /// The one of that id or other id.
  Optional<Objective> find(String name);

  /// All of them.
  List<Objective> all();

  /// All ids and other ids. It loads the objectives.
  default List<String> names() {
    return all().stream()
        .map(Objective::descriptor)
        .flatMap(
            descriptor -> Stream.concat(Stream.of(descriptor.id()), descriptor.aliases().stream()))
        .toList();
  }

  /// These objectives.
  static Catalog of(List<Objective> objectives) {
    return new Catalog() {
      @Override
      public List<String> ids() {
        return objectives.stream().map(objective -> objective.descriptor().id()).toList();
      }

      @Override
      public Optional<Objective> find(String name) {
        return objectives.stream()
            .filter(objective ->
                objective.descriptor().id().equals(name)
                    || objective.descriptor().aliases().contains(name))
            .findFirst();
      }

      @Override
      public List<Objective> all() {
        return objectives;
      }
    };
  }
}
